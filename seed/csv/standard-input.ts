// A file from standard input or another pipe: its size is unknown, and it can be read once.

import type { Readable } from 'node:stream';
import { DatasetError, emptyFile } from '../errors.ts';
import { explaining, GZIP, type Source, unzipped, ZIP } from './packing.ts';

/**
 * Prepares a pipe for its one reading.
 * @param name of the pipe, for messages
 */
export async function openPipe(input: Readable, name = 'standard input'): Promise<Source> {
  const rest = (input as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let first = Buffer.alloc(0);
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    first = Buffer.concat([first, next.value]);
    if (first.length >= GZIP.length) break;
  }
  if (first.length === 0) throw emptyFile(name);
  const start = first.subarray(0, GZIP.length);
  if (start.equals(ZIP)) {
    const expected = 'expected CSV or gzip: a zip is read from its end, so name the file';
    throw new DatasetError('ZIP_CONTENT', `received a zip on ${name}, ${expected}`);
  }
  const packing = start.equals(GZIP) ? 'gzip' : 'plain';
  const raw = startingWith(first, rest);
  const chunks = explaining(packing === 'gzip' ? unzipped(raw) : raw, name);
  return { name, packing, size: undefined, taken: () => 0, chunks };
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}
