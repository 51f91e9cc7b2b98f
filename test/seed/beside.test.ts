// Loading while the shop is open: live events are neither lost nor doubled, and both add up in the charts.

import { describe, expect, it, onTestFinished } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { HEADER } from '../../seed/published.ts';
import { loadSample } from '../../seed/sample.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { useTimeZone } from '../../src/db/time-zone.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { newId } from '../../src/events/ids.ts';
import { storeBatch } from '../../src/ingest/store.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { countEvents } from './count-events.ts';
import { fileOf, replicaFile, rowsOf } from './support.ts';

/** Stores events as ingest does, from a partition of their own. */
function storeLive(pool: Pool, events: readonly ShopEvent[], partition = 0): Promise<unknown> {
  const records = events.map((event, index) => ({
    offset: BigInt(index),
    timestamp: Date.now(),
    key: null,
    value: Buffer.from(JSON.stringify(event)),
  }));
  const subscription = { clusterId: newId(), group: 'ingest', topic: 'ecommerce' };
  return storeBatch(pool, subscription, { partition, records }, undefined, BigInt(events.length));
}

const liveEvents = (count: number, time?: string): ShopEvent[] =>
  Array.from({ length: count }, () => anEvent(time === undefined ? {} : { time }));

/** A row of the file as a live event. */
function eventOf(row: string): ShopEvent {
  const [order_id, user_id, page_id, product, site_version, time = '', title, target] = row.split(',');
  const event = { order_id, user_id, page_id, product: product === 'company' ? 'electronics' : product };
  return {
    ...event,
    site_version,
    time: `${time.replace(' ', 'T')}.000Z`,
    title,
    target: Number(target),
  } as ShopEvent;
}

describe.each([
  ['merged', 3_000],
  ['published', 26_000],
])('a file that is %s beside live events', (_, rows) => {
  it('keeps those from before and those from meanwhile', async () => {
    const { pool } = await migratedDatabase('Asia/Kolkata');
    await loadSample(pool, testLog);
    await storeLive(pool, liveEvents(50));
    const load = loadFile({ pool, log: testLog, file: await replicaFile(rows) });
    let loading = true;
    const done = load.finally(() => {
      loading = false;
    });
    let stored = 50;
    while (loading) {
      await storeLive(pool, [...liveEvents(10), ...liveEvents(10, '2019-04-01T10:00:00.000Z')], stored % 3);
      stored += 20;
    }
    await done;
    expect(await countEvents(pool)).toBe(rows + stored);
    await expectRollupsEqualEvents(pool);
  });

  it('counts a row once that came by way of Kafka before', async () => {
    const { pool } = await migratedDatabase();
    const lines = rowsOf(rows);
    const [first = '', second = ''] = lines;
    const other: ShopEvent = { ...eventOf(second), user_id: newId() };
    await storeLive(pool, [eventOf(first), other]);
    const file = await fileOf(`${HEADER}\n${lines.join('\n')}\n`);
    const result = await loadFile({ pool, log: testLog, file });
    expect(result).toMatchObject({ added: rows - 2, present: 1, rejected: 1 });
    expect(result.rejects).toMatchObject([{ line: 3, column: 'order_id' }]);
    expect(await countEvents(pool)).toBe(rows);
    await expectRollupsEqualEvents(pool);
  });

  it('counts a row once that comes by way of Kafka afterwards', async () => {
    const { pool } = await migratedDatabase();
    const lines = rowsOf(rows);
    await loadFile({ pool, log: testLog, file: await fileOf(`${HEADER}\n${lines.join('\n')}\n`) });
    await storeLive(pool, lines.slice(0, 200).map(eventOf));
    expect(await countEvents(pool)).toBe(rows);
    await expectRollupsEqualEvents(pool);
  });
});

describe('users of a loaded year', () => {
  it('are counted once when they come back in that year, on the same device or another', async () => {
    const { pool } = await migratedDatabase();
    const lines = rowsOf(26_000);
    await loadFile({ pool, log: testLog, file: await fileOf(`${HEADER}\n${lines.join('\n')}\n`) });
    expect((await pool.query('SELECT year FROM unlisted_years')).rows).toEqual([{ year: 2019 }]);
    const known = lines.slice(0, 20).map((line) => ({ ...eventOf(line), order_id: newId() }));
    const switched = known.map((event) => ({
      ...event,
      order_id: newId(),
      site_version: event.site_version === 'mobile' ? ('desktop' as const) : ('mobile' as const),
    }));
    await Promise.all([
      storeLive(pool, [...known, ...liveEvents(5, '2019-07-01T00:00:00.000Z')], 0),
      storeLive(pool, [...switched, ...liveEvents(5, '2019-07-01T00:00:00.000Z')], 1),
      storeLive(pool, liveEvents(5), 2),
    ]);
    expect((await pool.query('SELECT year FROM unlisted_years')).rows).toEqual([]);
    await expectRollupsEqualEvents(pool);
  });

  it('are listed for as long as it takes, by whoever gives up a silent connection too', async () => {
    const { pool, url } = await migratedDatabase();
    await loadFile({ pool, log: testLog, file: await replicaFile(26_000) });
    await pool.query(
      `CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END';
       CREATE TRIGGER slowly BEFORE INSERT ON user_years
         FOR EACH STATEMENT WHEN (pg_trigger_depth() > 0) EXECUTE FUNCTION slowly()`,
    );
    const impatient = openPool(url, testLog, 1, { answerMs: 500 });
    onTestFinished(() => impatient.end());
    await storeLive(impatient, liveEvents(5, '2019-07-01T00:00:00.000Z'));
    expect((await pool.query('SELECT year FROM unlisted_years')).rows).toEqual([]);
    await expectRollupsEqualEvents(pool);
  });

  it('are counted anew where the time zone changes', async () => {
    const { pool } = await migratedDatabase('UTC');
    await loadFile({ pool, log: testLog, file: await replicaFile(26_000) });
    await storeLive(pool, liveEvents(20));
    await useTimeZone(pool, testLog, 'America/New_York', 'UTC');
    await expectRollupsEqualEvents(pool);
    await storeLive(pool, [...liveEvents(5), ...liveEvents(5, '2019-03-10T07:30:00.000Z')]);
    await expectRollupsEqualEvents(pool);
  });
});
