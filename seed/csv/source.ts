// Where the CSV text comes from: a plain file, gzip, the one CSV in a zip as Kaggle hands it out, or standard input.
// What it is, is told by its first bytes, not by its name.

import { constants, createReadStream, type Stats } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf } from '../../src/db/errors.ts';
import { DatasetError } from '../errors.ts';
import { findCsv, readCsv } from './zip.ts';

/** CSV text as bytes, and how much of the whole has been taken. Nothing is open before the first chunk is asked for. */
export type Source = {
  readonly name: string;
  readonly packing: 'plain' | 'gzip' | 'zip';
  /** What `taken()` reaches at the end; undefined for standard input. */
  readonly size: number | undefined;
  /** In the unit of `size`: bytes of the file, or of the text in a zip. */
  taken(): number;
  /** To be read once. Throws DatasetError where the file turns out to be damaged. */
  readonly chunks: AsyncIterable<Buffer>;
};

/** How much of a source is taken, 0 to 1; undefined where that can't be known. */
export function shareOf({ size, taken }: Source): number | undefined {
  return size === undefined ? undefined : Math.min(1, taken() / size);
}

export const STANDARD_INPUT = '-';
const CHUNK_BYTES = 1024 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZIP = Buffer.from('PK');

/**
 * Prepares a file for one reading.
 * @param file a path, or `-` for standard input
 * @throws {DatasetError} FILE_MISSING, FILE_DENIED, FILE_IS_FOLDER, FILE_EMPTY, FILE_DAMAGED or ZIP_CONTENT
 */
export async function openSource(file: string): Promise<Source> {
  if (file === STANDARD_INPUT) return openStandardInput(process.stdin);
  const { size } = await examine(file);
  const start = await firstBytes(file);
  const name = path.basename(file);
  let taken = 0;
  const count = (bytes: number) => {
    taken += bytes;
  };
  if (start.equals(ZIP)) {
    // A zip tells only how much text it holds, so that is what its progress is measured in.
    const { uncompressedSize } = await findCsv(file);
    const chunks = explaining(counted(readCsv(file), count), file);
    return { name, packing: 'zip', size: uncompressedSize, taken: () => taken, chunks };
  }
  const packing = start.equals(GZIP) ? 'gzip' : 'plain';
  const raw = counted(fileChunks(file), count);
  const chunks = explaining(packing === 'gzip' ? unzipped(raw) : raw, file);
  return { name, packing, size, taken: () => taken, chunks };
}

async function* fileChunks(file: string): AsyncGenerator<Buffer> {
  yield* createReadStream(file, { highWaterMark: CHUNK_BYTES });
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    count(chunk.length);
    yield chunk;
  }
}

async function* unzipped(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const input = Readable.from(raw, { objectMode: false });
  input.on('error', (error) => gunzip.destroy(error));
  try {
    yield* input.pipe(gunzip);
  } finally {
    input.destroy();
  }
}

/** Passes chunks on, and says what their end means where it comes too early. */
async function* explaining(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw explain(error, file);
  }
}

async function examine(file: string): Promise<Stats> {
  const stats = await explained(file, () => stat(file));
  if (stats.isDirectory()) {
    throw new DatasetError('FILE_IS_FOLDER', `received the folder ${file}, expected a CSV file`);
  }
  await explained(file, () => access(file, constants.R_OK));
  if (stats.isFile() && stats.size === 0) throw emptyFile(file);
  return stats;
}

export const emptyFile = (file: string): DatasetError =>
  new DatasetError('FILE_EMPTY', `received ${file} without a byte, expected a CSV file with a header`);

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await explained(file, () => open(file));
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(2) });
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function explained<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, file);
  }
}

function explain(error: unknown, file: string): unknown {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new DatasetError(
        'FILE_MISSING',
        `received ${file}, which doesn't exist, expected a CSV file`,
        error,
      );
    case 'EACCES':
    case 'EPERM':
      return new DatasetError('FILE_DENIED', `received ${file}, which may not be read by this user`, error);
    case 'Z_BUF_ERROR':
      return new DatasetError(
        'FILE_TRUNCATED',
        `received ${file}, whose compressed data ends too early, expected the whole file: fetch it again`,
        error,
      );
    case 'Z_DATA_ERROR':
      return new DatasetError(
        'FILE_DAMAGED',
        `received ${file}, whose compressed data is damaged: fetch it again`,
        error,
      );
    default:
      return error;
  }
}

async function openStandardInput(input: Readable): Promise<Source> {
  const name = 'standard input';
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
    throw new DatasetError('ZIP_CONTENT', `received a zip on standard input, ${expected}`);
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
