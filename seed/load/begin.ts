// The beginning of a load: the table of an earlier, interrupted run of the same file, or an empty one.

import type pg from 'pg';
import type { Source } from '../csv/packing.ts';
import { shareOf } from '../csv/source.ts';
import { mergeRows } from './merge/merge.ts';
import type { LoadInput, LoadOptions, Tell } from './progress.ts';
import { type OnCommit, readRows, sha256OfNothing } from './stage/read.ts';
import { beginStage, dropStage, readUnfinished, type Unfinished } from './stage/unfinished.ts';

export const ROWS_PER_COMMIT = 250_000;

/** Reads the file to its end, from the last commit of an earlier, interrupted run of the same file. */
export async function beginOrResume(
  client: pg.PoolClient,
  input: LoadInput,
  options: LoadOptions,
  source: Source,
  { tell, onCommit }: { readonly tell: Tell; readonly onCommit: OnCommit },
): Promise<Unfinished> {
  const read = (load: Unfinished, from: Source) => {
    const onProgress = (rows: number, rejected: number) =>
      tell('reading', rows, rejected, { done: shareOf(from), resumedRows: load.rows });
    const { strict = false, rowsPerCommit = ROWS_PER_COMMIT } = options;
    return readRows(client, load, { source: from, strict, rowsPerCommit, onProgress, onCommit });
  };
  let unread = source;
  const earlier = await readUnfinished(client);
  if (earlier !== undefined && input.again && earlier.bytes > 0) {
    const load = await read(earlier, source);
    if (load !== undefined) return load;
    unread = await input.open();
  }
  if (earlier !== undefined) await settle(client, earlier, options, tell);
  const load = await read(await beginStage(client, source.name, sha256OfNothing), unread);
  if (load === undefined)
    throw new Error('the file no longer begins as the load that was just begun from it');
  return load;
}

/** Ends the load of another file that was interrupted: a merge that has begun is finished, anything else is dropped. */
async function settle(
  client: pg.PoolClient,
  earlier: Unfinished,
  { log }: LoadOptions,
  tell: Tell,
): Promise<void> {
  if (earlier.merged_blocks === 0) {
    if (earlier.rows > 0) log.warn(`the load of ${earlier.source} was interrupted: its rows are dropped`);
    return dropStage(client);
  }
  log.warn(`the load of ${earlier.source} was interrupted: it is finished first`);
  await mergeRows(client, earlier, {
    sample: false,
    rowsPerCommit: ROWS_PER_COMMIT,
    onProgress: (done) => tell('merging', earlier.rows, earlier.rejected, { done }),
    onRejects: async () => {},
  });
}
