// The beginning of a load: what an earlier run has read of the same file, or an empty table.

import type pg from 'pg';
import type { Source } from '../csv/packing.ts';
import { shareOf } from '../csv/source.ts';
import { mergeRows } from './merge/merge.ts';
import type { LoadInput, LoadOptions, Tell } from './progress.ts';
import { type OnCommit, readRows, sha256OfNothing } from './stage/read.ts';
import { beginStage, dropStage, readUnfinished, type Unfinished } from './stage/unfinished.ts';

export const ROWS_PER_COMMIT = 250_000;

/** Reads the file to its end, on from where an earlier run of the same file was killed. */
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
  if (load === undefined) throw new Error('a new load was taken for another one');
  return load;
}

/** Another file was not loaded to its end: what is half in events is brought to its end, anything else is dropped. */
async function settle(
  client: pg.PoolClient,
  earlier: Unfinished,
  { log }: LoadOptions,
  tell: Tell,
): Promise<void> {
  if (earlier.merged_blocks === 0) {
    if (earlier.rows > 0)
      log.warn(`${earlier.source} was not loaded to its end: what was read of it is dropped`);
    return dropStage(client);
  }
  log.warn(`${earlier.source} was not loaded to its end: that is done first`);
  await mergeRows(client, earlier, {
    sample: false,
    rowsPerCommit: ROWS_PER_COMMIT,
    onProgress: (done) => tell('merging', earlier.rows, earlier.rejected, { done }),
    onRejects: async () => {},
  });
}
