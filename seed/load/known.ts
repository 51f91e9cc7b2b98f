// Finds an earlier load of the same text by its checksum: reading a file is ten times faster than loading it.

import { createHash } from 'node:crypto';
import type { Client } from '../../src/db/pool.ts';
import { shareOf } from '../csv/source.ts';
import type { LoadInput, LoadResult, Tell } from './progress.ts';
import { resultOf } from './rejects/rejects.ts';
import { readUnfinished, type Unfinished } from './stage/unfinished.ts';

type Known = Omit<LoadResult, 'seconds'>;

/** Reads the file where it may have been loaded before. @returns that load */
export async function findKnown(client: Client, input: LoadInput, tell: Tell): Promise<Known | undefined> {
  const { rowCount } = await client.query('SELECT FROM loads WHERE NOT sample LIMIT 1');
  if (rowCount === 0 || !input.again || (await readUnfinished(client)) !== undefined) return undefined;
  const source = await input.open();
  const hash = createHash('sha256');
  for await (const chunk of source.chunks) {
    hash.update(chunk);
    tell('comparing', 0, 0, { done: shareOf(source) });
  }
  return findLoaded(client, hash.digest('hex'));
}

/** The load of a text with this checksum. */
export async function findLoaded(client: Client, sha256: string): Promise<Known | undefined> {
  const { rows } = await client.query<Omit<Unfinished, 'sha256'>>(
    `SELECT id AS load_id, source, bytes, rejected, rows AS present FROM loads WHERE sha256 = $1 AND NOT sample`,
    [sha256],
  );
  const [before] = rows;
  return before && resultOf(client, { ...before, sha256 }, 0, true);
}
