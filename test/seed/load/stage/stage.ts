// A load's table with rows in it, on a connection of its own.

import { onTestFinished } from 'vitest';
import { RowEncoder } from '../../../../seed/csv/encoder.ts';
import { USUAL_LAYOUT } from '../../../../seed/csv/row.ts';
import { CopyTransaction } from '../../../../seed/load/stage/copy-transaction.ts';
import {
  beginStage,
  changeStage,
  stageTable,
  type Unfinished,
} from '../../../../seed/load/stage/unfinished.ts';
import { migratedDatabase } from '../../../support/database.ts';

/** Begins a load in a database of its own. */
export async function aStage() {
  const { pool } = await migratedDatabase();
  const client = await pool.connect();
  onTestFinished(() => client.release(true));
  const load = await beginStage(client, 'a.csv', 'none');
  return { pool, client, load };
}

type Stage = Awaited<ReturnType<typeof aStage>>;

/** Rows as they are sent to COPY. */
export const encoded = (rows: readonly string[]): Buffer =>
  new RowEncoder(1, USUAL_LAYOUT).encode(Buffer.from(`${rows.join('\n')}\n`));

/** Copies rows into the load's table; the load afterwards. */
export async function copyRows(
  { client }: Pick<Stage, 'client'>,
  load: Unfinished,
  rows: readonly string[],
): Promise<Unfinished> {
  const copy = await CopyTransaction.begin(client, stageTable(load));
  await copy.write(encoded(rows));
  return copy.commit(() => changeStage(client, { add: { rows: rows.length } }));
}
