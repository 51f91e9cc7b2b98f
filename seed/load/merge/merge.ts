// Merges a load: its rows are inserted into events in parts. Slower than attaching the load's table (attach.ts), but cheaper for a file
// that is small, or small beside the rows that attaching would have to move.

import type pg from 'pg';
import { addDays, addMinutes, addUsers, daysOf, minutesOf } from '../../../src/rollups/loaded.ts';
import { contentOf, rejectRepeats } from '../rejects/repeats.ts';
import { changeStage, stageTable, type Unfinished } from '../stage/unfinished.ts';
import { transact } from '../transact.ts';
import { finishLoad } from './finish.ts';
import { removeSample } from './sample-rows.ts';

/** A block of 8 kB holds about 75 rows of events, of some 108 bytes each. */
const ROWS_PER_BLOCK = 75;

export type MergeOptions = {
  readonly sample: boolean;
  /** Rows of one transaction, about. */
  readonly rowsPerCommit: number;
  /** Called after each part with the share that is merged, 0 to 1. */
  readonly onProgress: (done: number) => void;
  /** Called before a part with rejected rows is committed; what it throws rolls the part back. */
  readonly onRejects: (client: pg.PoolClient, load: Unfinished) => Promise<void>;
};

/** Inserts the load's rows into events, from the part on at which an earlier run was interrupted. @returns the load as it ended */
export async function mergeRows(
  client: pg.PoolClient,
  load: Unfinished,
  options: MergeOptions,
): Promise<Unfinished> {
  const { rows } = await client.query<{ blocks: number }>(
    `SELECT pg_relation_size($1::regclass) / current_setting('block_size')::bigint AS blocks`,
    [stageTable(load)],
  );
  const blocks = rows[0]?.blocks ?? 0;
  const blocksPerPart = Math.ceil(options.rowsPerCommit / ROWS_PER_BLOCK);
  let state = load;
  do {
    const end = Math.min(state.merged_blocks + blocksPerPart, blocks);
    const begun = state;
    state = await transact(client, () => mergePart(client, begun, end, end === blocks, options));
    options.onProgress(end / blocks);
  } while (state.merged_blocks < blocks);
  return state;
}

async function mergePart(
  client: pg.PoolClient,
  load: Unfinished,
  end: number,
  last: boolean,
  { sample, onRejects }: MergeOptions,
): Promise<Unfinished> {
  if (load.merged_blocks === 0 && !sample) await removeSample(client);
  const part = `SELECT * FROM ${stageTable(load)}
    WHERE ctid >= '(${load.merged_blocks},0)'::tid AND ctid < '(${end},0)'::tid`;
  const { read, inserted } = await insertPart(client, part);
  await addDays(client, daysOf('merged'));
  await addMinutes(client, minutesOf('merged'));
  await addUsers(client, 'merged');
  const differing = `SELECT s.* FROM (${part}) AS s JOIN events AS e USING (order_id)
    WHERE ${contentOf('s')} IS DISTINCT FROM ${contentOf('e')}`;
  const rejected = inserted === read ? 0 : await rejectRepeats(client, load, differing);
  const add = { merged_rows: inserted, rejected, present: read - inserted - rejected };
  const state = await changeStage(client, { merged_blocks: end, add });
  if (rejected > 0) await onRejects(client, state);
  await client.query('DROP TABLE merged');
  if (last) {
    await finishLoad(client, state, state.merged_rows, sample);
    await client.query(`DROP TABLE ${stageTable(load)}`);
  }
  return state;
}

/** Inserts a part; the rows that were new are in the temporary table `merged` afterwards. */
async function insertPart(client: pg.PoolClient, part: string): Promise<{ read: number; inserted: number }> {
  await client.query('CREATE TEMP TABLE merged (LIKE events) ON COMMIT DROP');
  const { rows } = await client.query<{ count: number }>(`SELECT count(*) AS count FROM (${part}) AS part`);
  // In ingest's order, against deadlocks between the two; of two rows with one id the first wins.
  const { rowCount } = await client.query(
    `WITH new AS (
       INSERT INTO events ${part} ORDER BY order_id, ctid ON CONFLICT (order_id) DO NOTHING RETURNING *
     )
     INSERT INTO merged SELECT * FROM new`,
  );
  return { read: rows[0]?.count ?? 0, inserted: rowCount ?? 0 };
}
