// A load's rows put into events, part by part: what is there after each, and what goes with the last.

import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { type MergeOptions, mergeRows } from '../../../../seed/load/merge/merge.ts';
import { sampleRows } from '../../../../seed/load/merge/sample-rows.ts';
import { readUnfinished, stageTable, type Unfinished } from '../../../../seed/load/stage/unfinished.ts';
import { loadSample } from '../../../../seed/sample.ts';
import { CHANGE_CHANNEL } from '../../../../src/db/change.ts';
import { testLog } from '../../../support/database.ts';
import { eventually } from '../../../support/eventually.ts';
import { expectRollupsEqualEvents } from '../../../support/recount.ts';
import { countEvents } from '../../count-events.ts';
import { rowsOf } from '../../support.ts';
import { aStage, copyRows } from '../stage/stage.ts';

const optionsOf = (changes: Partial<MergeOptions> = {}): MergeOptions => ({
  sample: false,
  rowsPerCommit: 1_000_000,
  onProgress: () => {},
  onRejects: async () => {},
  ...changes,
});

/** The same row at another time. */
const changed = (row = '') => row.replace(/,2019-\d\d-\d\d/, ',2019-03-03');

const tableOf = (load: Unfinished) => `to_regclass('${stageTable(load)}')`;

it('rows are events once they are merged, with their counts, and nothing of the load is left but its record', async () => {
  const { pool, client, load: begun } = await aStage();
  const load = await copyRows({ client }, begun, rowsOf(500));
  const merged = await mergeRows(client, load, optionsOf());
  expect(merged).toMatchObject({ rows: 500, merged_rows: 500, present: 0, rejected: 0 });
  expect(await countEvents(pool)).toBe(500);
  await expectRollupsEqualEvents(pool);
  const { rows } = await pool.query(
    `SELECT id, source, sample, rows, rejected, finished_at IS NOT NULL AS finished, ${tableOf(load)} AS left FROM loads`,
  );
  expect(rows).toEqual([
    { id: load.load_id, source: 'a.csv', sample: false, rows: 500, rejected: 0, finished: true, left: null },
  ]);
  expect(await readUnfinished(client)).toBeUndefined();
});

it('rows are merged in parts of about as many as a transaction may have, and progress ends at 1', async () => {
  const { pool, client, load: begun } = await aStage();
  const load = await copyRows({ client }, begun, rowsOf(1_000));
  const [done, there]: [number[], number[]] = [[], []];
  const seen: Promise<unknown>[] = [];
  const onProgress = (share: number) => {
    done.push(share);
    // Of another connection, which sees only what is committed.
    seen.push(countEvents(pool).then((count) => there.push(count)));
  };
  await mergeRows(client, load, optionsOf({ rowsPerCommit: 300, onProgress }));
  await Promise.all(seen);
  expect(done.length).toBeGreaterThan(2);
  expect(done).toEqual(done.toSorted((one, other) => one - other));
  expect(done.at(-1)).toBe(1);
  expect(new Set(done).size).toBe(done.length);
  expect(Math.max(...there)).toBe(1_000);
  await expectRollupsEqualEvents(pool);
});

it('a merge that was cut off goes on behind its last part, and merges no row twice', async () => {
  const { pool, client, load: begun } = await aStage();
  const load = await copyRows({ client }, begun, rowsOf(1_000));
  const cutOff = mergeRows(
    client,
    load,
    optionsOf({
      rowsPerCommit: 300,
      onProgress: () => {
        throw new Error('the network is gone');
      },
    }),
  );
  await expect(cutOff).rejects.toThrow('the network is gone');
  const left = await readUnfinished(client);
  const before = await countEvents(pool);
  expect(left).toMatchObject({ merged_rows: before });
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(1_000);
  const parts: number[] = [];
  const merged = await mergeRows(
    client,
    left as Unfinished,
    optionsOf({ rowsPerCommit: 300, onProgress: (share) => parts.push(share) }),
  );
  expect(merged).toMatchObject({ merged_rows: 1_000, present: 0 });
  expect(parts.length).toBeGreaterThan(1);
  expect(await countEvents(pool)).toBe(1_000);
  await expectRollupsEqualEvents(pool);
});

it('a row that is there already is nothing new with the same content, and set aside with other content', async () => {
  const { pool, client, load: begun } = await aStage();
  const [first = '', second = '', ...others] = rowsOf(5);
  const load = await copyRows({ client }, begun, [first, second, first, changed(second), ...others]);
  const told: Unfinished[] = [];
  const merged = await mergeRows(
    client,
    load,
    optionsOf({ onRejects: async (_, state) => void told.push(state) }),
  );
  expect(merged).toMatchObject({ merged_rows: 5, present: 1, rejected: 1 });
  expect(told).toEqual([merged]);
  expect((await pool.query('SELECT "column", content FROM rejected_rows')).rows).toEqual([
    { column: 'order_id', content: expect.stringContaining(`${second.slice(0, 32)},`) },
  ]);
  // The first row of an id counts.
  const { rows } = await pool.query(
    `SELECT to_char("time" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS "time" FROM events WHERE order_id = $1`,
    [second.slice(0, 32)],
  );
  expect(rows).toEqual([{ time: second.split(',')[5] }]);
  await expectRollupsEqualEvents(pool);
});

it('a part whose rejected rows are refused is not merged, nor any of its counts', async () => {
  const { pool, client, load: begun } = await aStage();
  const [first = '', ...others] = rowsOf(5);
  const load = await copyRows({ client }, begun, [first, ...others, changed(first)]);
  const refusing = mergeRows(
    client,
    load,
    optionsOf({
      onRejects: async () => {
        throw new Error('refused');
      },
    }),
  );
  await expect(refusing).rejects.toThrow('refused');
  expect(await countEvents(pool)).toBe(0);
  expect(await readUnfinished(client)).toEqual(load);
  expect((await pool.query('TABLE rejected_rows')).rows).toEqual([]);
  await expectRollupsEqualEvents(pool);
});

it.each([
  [false, 0],
  [true, 20_000],
])(
  'the sample goes where a file is merged, and stays where that is a sample too (%s)',
  async (sample, left) => {
    const stage = await aStage();
    const { pool, client } = stage;
    await client.query('DELETE FROM unfinished_load');
    await loadSample(pool, testLog);
    await client.query(`INSERT INTO unfinished_load (load_id, source, sha256) VALUES ($1, 'a.csv', 'none')`, [
      stage.load.load_id,
    ]);
    const load = await copyRows({ client }, stage.load, rowsOf(100));
    await mergeRows(client, load, optionsOf({ sample }));
    // The load itself counts as a sample where it is one.
    expect(await sampleRows(client)).toBe(sample ? left + 100 : left);
    expect(await countEvents(pool)).toBe(left + 100);
    await expectRollupsEqualEvents(pool);
  },
);

it('open dashboards are told once, when the last part is there', async () => {
  const { pool, client, load: begun } = await aStage();
  const load = await copyRows({ client }, begun, rowsOf(1_000));
  const told: string[] = [];
  const listener = new pg.Client(pool.options);
  await listener.connect();
  onTestFinished(() => listener.end());
  listener.on('notification', ({ payload = '' }) => told.push(payload));
  await listener.query(`LISTEN ${CHANGE_CHANNEL}`);
  await mergeRows(client, load, optionsOf({ rowsPerCommit: 300 }));
  await pool.query(`NOTIFY ${CHANGE_CHANNEL}, 'last'`);
  await eventually(() => told.includes('last'));
  expect(told).toEqual([JSON.stringify({ topic: 'a.csv', partition: -1, next: '0' }), 'last']);
});
