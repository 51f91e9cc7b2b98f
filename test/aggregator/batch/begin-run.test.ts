// How a run over files begins: anew, where an interrupted one left off, or not at all.

import { beforeAll, expect, it } from 'vitest';
import { RunError } from '../../../src/aggregator/batch/begin-run.ts';
import { runBatch } from '../../../src/aggregator/batch/run.ts';
import { readDefinition } from '../../../src/aggregator/definition/read.ts';
import { lockRuns } from '../../../src/aggregator/store/runs.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { migratedDatabase } from '../../support/database.ts';
import { onFiles } from '../on-files.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});
const { file } = onFiles();

type Way = { readonly flush: string; readonly operation?: string; readonly discard?: boolean };
/** Runs over files to the end, or to the first block of the one that is named. @returns what was flushed, as "user sum" */
async function run(
  name: string,
  files: readonly string[],
  { flush, operation = 'SUM', discard = false }: Way,
  until?: string,
) {
  const rows: string[] = [];
  const definition = readDefinition(
    `name: ${name}\ngroup: { fields: [user] }\naggregate: [{ field: price, operation: ${operation}, as: price }]\nflush: ${flush}\n`,
  );
  const onProgress = ({ file: read }: { readonly file: string }) => {
    if (read === until) throw new Error('killed');
  };
  const { resumed } = await runBatch(
    { pool, definition, files, now: 0, discard, onProgress },
    async (some) => {
      for (const row of some.map((text) => JSON.parse(text))) rows.push(`${row.user} ${row.price}`);
    },
  );
  return { rows, resumed };
}
const a = file('a.csv', 'user,price\nA,1\nB,2\n');
const b = file('b.csv', 'user,price\nA,4\n');
const c = file('c.csv', 'user,price\nC,8\n');
const STREAM = { flush: '{ by: END_OF_STREAM }' };

it('an interrupted run goes on over the same files, and is told of to a run over others', async () => {
  await expect(run('goes-on', [a, b], STREAM, b)).rejects.toThrow('killed');
  const refused = run('goes-on', [c], STREAM);
  await expect(refused).rejects.toThrow(RunError);
  await expect(refused).rejects.toThrow(
    `a run of goes-on over ${a} ${b} was interrupted at ${b}:0; start it again with the same definition and files to resume it, or discard it with --discard`,
  );
  await expect(run('goes-on', [a, b], { ...STREAM, operation: 'MAX' })).rejects.toThrow('was interrupted at');
  expect(await run('goes-on', [a, b], STREAM)).toEqual({ rows: ['A 5', 'B 2'], resumed: true });
  expect(await run('goes-on', [c], STREAM)).toEqual({ rows: ['C 8'], resumed: false });
});

it('with an interrupted run its sessions are discarded, but for those that wait for the clock', async () => {
  await expect(run('discarded', [a, b], STREAM, b)).rejects.toThrow('killed');
  expect(await run('discarded', [c, b], { ...STREAM, discard: true })).toEqual({
    rows: ['C 8', 'A 4'],
    resumed: false,
  });
  const daily = { flush: "{ by: TIMEOUT, timeout: { type: DAY, time: '12:00', zone: UTC } }" };
  await expect(run('kept', [a, b], daily, b)).rejects.toThrow('killed');
  await run('kept', [c, b], { ...daily, discard: true });
  const { rows } = await pool.query(
    `SELECT (key::json ->> 0) || ' ' || (state -> 2 ->> 0) AS has FROM aggregator_sessions WHERE definition = 'kept' ORDER BY 1`,
  );
  expect(rows.map(({ has }) => has)).toEqual(['A 5', 'B 2', 'C 8']);
});

it('rows that were committed and not delivered are delivered first by the run that goes on', async () => {
  const each = { flush: '{ by: END_OF_TRANSACTION }' };
  await expect(run('delivered', [a, b, c], each, b)).rejects.toThrow('killed');
  expect(await run('delivered', [a, b, c], each)).toEqual({
    rows: ['A 1', 'B 2', 'A 4', 'C 8'],
    resumed: true,
  });
});

it('a definition has one run at a time', async () => {
  const client = await pool.connect();
  expect(await lockRuns(client, 'busy', 'connection')).toBe(true);
  await expect(run('busy', [a], STREAM)).rejects.toThrow(
    'another process runs busy; one run of a definition at a time',
  );
  client.release(true);
});

it('a run ends where the real-time stream of its definition changes the sessions under it', async () => {
  const definition = readDefinition(
    'name: both\ngroup: { fields: [user] }\naggregate: [{ operation: COUNT }]\nflush: { by: END_OF_TRANSACTION }\n',
  );
  const both = runBatch({ pool, definition, files: [a, b], now: 0 }, async () => {
    await pool.query("UPDATE aggregator_definitions SET revision = revision + 1 WHERE name = 'both'");
  });
  await expect(both).rejects.toThrow(
    'the sessions of both were changed by its real-time stream; pause it, and start the run again',
  );
});
