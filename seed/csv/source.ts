// Where the CSV text comes from: a plain file, gzip, the one CSV in a zip as Kaggle hands it out, or standard input.
// What it is, is told by its first bytes, not by its name.

import { constants, createReadStream, type Stats } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf } from '../../src/db/errors.ts';
import { DatasetError } from '../errors.ts';
import { openZip } from './zip.ts';

/** CSV text as bytes, and how much of the whole has been taken. */
export type Source = {
  readonly name: string;
  /** What `taken()` reaches at the end; undefined for standard input. */
  readonly size: number | undefined;
  /** In the unit of `size`: bytes of the file, or of the text in a zip. */
  taken(): number;
  /** Throws DatasetError where the file turns out to be damaged. */
  readonly chunks: AsyncIterable<Buffer>;
};

export const STANDARD_INPUT = '-';
const CHUNK_BYTES = 1024 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZIP = Buffer.from('PK');

/**
 * Opens a file for one reading.
 * @param file a path, or `-` for standard input
 * @throws {DatasetError} FILE_MISSING, FILE_DENIED, FILE_IS_FOLDER, FILE_EMPTY, FILE_DAMAGED or ZIP_CONTENT
 */
export async function openSource(file: string): Promise<Source> {
  if (file === STANDARD_INPUT) return openStandardInput(process.stdin);
  const { size } = await examine(file);
  const start = await firstBytes(file);
  if (start.equals(ZIP)) return openZipped(file);
  const raw = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const zipped = start.equals(GZIP);
  const text = zipped ? unzipped(raw) : raw;
  return {
    name: path.basename(file),
    size,
    taken: () => raw.bytesRead,
    chunks: chunksOf(text, file),
  };
}

/** A zip tells only how much text it holds, so that is what its progress is measured in. */
async function openZipped(file: string): Promise<Source> {
  const { text, size } = await openZip(file);
  let taken = 0;
  const chunks = chunksOf(text, file, (chunk) => {
    taken += chunk.length;
  });
  return { name: path.basename(file), size, taken: () => taken, chunks };
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

function unzipped(raw: Readable): Readable {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  raw.on('error', (error) => gunzip.destroy(error));
  return raw.pipe(gunzip);
}

async function* chunksOf(
  stream: Readable,
  file: string,
  onChunk?: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      onChunk?.(chunk);
      yield chunk;
    }
  } catch (error) {
    throw explain(error, file);
  } finally {
    stream.destroy();
  }
}

async function openStandardInput(input: Readable): Promise<Source> {
  const name = 'standard input';
  const chunks = (input as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let first = Buffer.alloc(0);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    first = Buffer.concat([first, next.value]);
    if (first.length >= GZIP.length) break;
  }
  if (first.length === 0) throw emptyFile(name);
  if (first.subarray(0, ZIP.length).equals(ZIP)) {
    throw new DatasetError(
      'ZIP_CONTENT',
      'received a zip on standard input, expected CSV or gzip: a zip is read from its end, so name the file',
    );
  }
  const raw = Readable.from(startingWith(first, chunks), { objectMode: false });
  const text = first.subarray(0, GZIP.length).equals(GZIP) ? unzipped(raw) : raw;
  return { name, size: undefined, taken: () => 0, chunks: chunksOf(text, name) };
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}
