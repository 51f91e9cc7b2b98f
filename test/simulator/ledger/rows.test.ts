// What Postgres has of a run: rows, dead letters, and rollups that are not what the rows come to.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Pool } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { digestOf } from '../../../src/simulator/ledger/entry.ts';
import { readRows, readSetAside, rollupProblems } from '../../../src/simulator/ledger/rows.ts';
import { migratedDatabase } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { INGEST, ingested } from '../../support/ingested.ts';

const RUN = '20260302T090000-abcdef';

describe('rows', () => {
  let pool: Pool;
  beforeEach(async () => {
    ({ pool } = await migratedDatabase());
  });

  it('rows are found by order_id, with what they say, their time and their offset', async () => {
    const [first, second, third] = [anEvent(), anEvent({ title: 'order' }), anEvent()];
    await ingested(pool, [first, second]);
    await ingested(pool, [third], 2);
    const found = await readRows(pool, [second.order_id, third.order_id, newId()]);
    expect(found).toEqual(
      new Map([
        [
          second.order_id,
          { content: digestOf(second), time: Date.parse(second.time), partition: 0, offset: '1' },
        ],
        [
          third.order_id,
          { content: digestOf(third), time: Date.parse(third.time), partition: 2, offset: '0' },
        ],
      ]),
    );
    expect(await readRows(pool, [])).toEqual(new Map());
  });

  it('dead letters are those of the run’s cluster and topic since it began', async () => {
    await ingested(pool, [Buffer.from('before'), Buffer.from('no event'), anEvent(), Buffer.from('')]);
    await ingested(pool, [Buffer.from('[]')], 1);
    const of = async (cluster: string, topic: string) =>
      (await readSetAside(pool, cluster, topic, { 0: '1', 1: '0' }, RUN)).toSorted(
        (one, other) => one.partition - other.partition || Number(one.offset) - Number(other.offset),
      );
    expect(await of(INGEST.clusterId, INGEST.topic)).toEqual([
      { partition: 0, offset: '1', code: 'not_json', poison: null },
      { partition: 0, offset: '3', code: 'empty', poison: null },
      { partition: 1, offset: '0', code: 'not_an_event', poison: null },
    ]);
    expect([await of('elsewhere', INGEST.topic), await of(INGEST.clusterId, 'other')]).toEqual([[], []]);
  });

  it('the dead letter of a batch that can’t be decompressed tells the number of the run’s record in its bytes', async () => {
    const payloads = [`\xff\xff${RUN}/17;\0\xff`, `\xff\xff20260302T090000-fedcba/18;`, `${RUN}/19`].map(
      (text) => Buffer.from(text, 'latin1'),
    );
    await pool.query(
      `INSERT INTO dead_letters (cluster_id, topic, "partition", "offset", code, reason, payload)
       SELECT $1, $2, 0, "offset" - 1, CASE WHEN "offset" < 4 THEN 'undecodable' ELSE 'not_json' END, '', payload
       FROM unnest($3::bytea[]) WITH ORDINALITY AS of (payload, "offset")`,
      [INGEST.clusterId, INGEST.topic, [...payloads, payloads[0]]],
    );
    const found = await readSetAside(pool, INGEST.clusterId, INGEST.topic, { 0: '0' }, RUN);
    expect(found.map(({ offset, poison }) => [offset, poison]).toSorted()).toEqual([
      ['0', '17'],
      ['1', null],
      ['2', null],
      ['3', null],
    ]);
  });
});

describe('rollups', () => {
  const at = (time: string, title: 'order' | 'banner_click' = 'order') =>
    anEvent({ time: `2026-03-10T${time}.000Z`, title });
  const ms = (time: string) => Date.parse(`2026-03-10T${time}.000Z`);

  /** Raises the counts that `where` finds. */
  const raise = (pool: Pool, table: string, where: string) =>
    pool.query(`UPDATE ${table} SET count = count + 1 WHERE ${where}`);

  it.each(['UTC', 'Asia/Kathmandu', 'America/Havana'])(
    'rollups that count every row are no difference, to the minute and the day of %s',
    async (zone) => {
      const { pool } = await migratedDatabase(zone);
      await ingested(pool, [at('00:00:00'), at('04:59:59'), at('18:14:59', 'banner_click'), at('18:15:00')]);
      for (const [first, last] of [
        ['00:00:00', '18:15:00'],
        ['04:59:59', '18:14:59'],
        ['18:15:00', '18:15:00'],
      ] as const)
        expect(await rollupProblems(pool, ms(first), ms(last))).toEqual([]);
    },
  );

  it('a rollup that counts other than the rows is named with both numbers, by minute and by day', async () => {
    const { pool } = await migratedDatabase('Asia/Kathmandu');
    await ingested(pool, [at('18:14:59'), at('18:15:00')]);
    await raise(pool, 'minute_counts', `minute = '2026-03-10T18:14:00Z'`);
    await raise(pool, 'day_counts', `day = '2026-03-11'`);
    expect(await rollupProblems(pool, ms('18:14:59'), ms('18:15:00'))).toEqual([
      'minute_counts 2026-03-10T18:14:00.000Z clothes order desktop: counts 2, expected 1, the number of rows',
      'day_counts 2026-03-11 clothes order desktop: counts 2, expected 1, the number of rows',
    ]);
  });

  it('a count without a row, and a row without a count, are named', async () => {
    const { pool } = await migratedDatabase();
    await ingested(pool, [at('10:00:00'), at('10:01:00')]);
    await pool.query(`DELETE FROM minute_counts WHERE minute = '2026-03-10T10:00:00Z'`);
    await pool.query(`DELETE FROM events WHERE "time" = '2026-03-10T10:01:00Z'`);
    expect(await rollupProblems(pool, ms('10:00:30'), ms('10:01:00'))).toEqual([
      'minute_counts 2026-03-10T10:00:00.000Z clothes order desktop: counts 0, expected 1, the number of rows',
      'minute_counts 2026-03-10T10:01:00.000Z clothes order desktop: counts 1, expected 0, the number of rows',
      'day_counts 2026-03-10 clothes order desktop: counts 2, expected 1, the number of rows',
    ]);
  });

  it('rollups of other times, and of loaded files, are none of a run’s', async () => {
    const { pool } = await migratedDatabase();
    await ingested(pool, [at('10:00:00'), at('10:05:00'), at('10:10:00')]);
    await raise(pool, 'minute_counts', `minute <> '2026-03-10T10:05:00Z'`);
    await pool.query(
      `INSERT INTO day_counts (day, product, title, device, source, count) VALUES ('2026-03-10', 'clothes', 'order', 'desktop', -1, 7)`,
    );
    expect(await rollupProblems(pool, ms('10:05:00'), ms('10:05:59'))).toEqual([]);
  });
});
