// Where the CSV text comes from: a plain file, gzip, the one CSV in a zip as Kaggle hands it out, or standard input.
// Its first bytes decide which of them it is, not its name.

import { constants, createReadStream, type Stats } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { DatasetError, emptyFile } from '../errors.ts';
import { CHUNK_BYTES, explain, explaining, GZIP, type Source, unzipped, ZIP } from './packing.ts';
import { openPipe } from './standard-input.ts';
import { findCsv, readCsv } from './zip.ts';

/** Share of a source that was read, 0 to 1; undefined where the size is unknown. */
export function shareOf({ size, taken }: Source): number | undefined {
  return size === undefined ? undefined : Math.min(1, taken() / size);
}

const STANDARD_INPUT = '-';

/** False for standard input and other pipes, as the shell's <( … ), which can be read once. */
export async function canReadAgain(file: string): Promise<boolean> {
  if (file === STANDARD_INPUT) return false;
  return (await explained(file, () => stat(file))).isFile();
}

/**
 * Prepares a file for one reading.
 * @param file a path, or `-` for standard input
 * @throws {DatasetError} FILE_MISSING, FILE_DENIED, FILE_IS_FOLDER, FILE_EMPTY, FILE_DAMAGED or ZIP_CONTENT
 */
export async function openSource(file: string): Promise<Source> {
  if (file === STANDARD_INPUT) return openPipe(process.stdin);
  const stats = await examine(file);
  if (!stats.isFile()) return openPipe(createReadStream(file, { highWaterMark: CHUNK_BYTES }), file);
  const { size } = stats;
  const start = await firstBytes(file);
  const name = path.basename(file);
  let taken = 0;
  const count = (bytes: number) => {
    taken += bytes;
  };
  if (start.equals(ZIP)) {
    // Progress through a zip is measured in uncompressed bytes.
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

async function examine(file: string): Promise<Stats> {
  const stats = await explained(file, () => stat(file));
  if (stats.isDirectory()) {
    throw new DatasetError('FILE_IS_FOLDER', `received the folder ${file}, expected a CSV file`);
  }
  await explained(file, () => access(file, constants.R_OK));
  if (stats.isFile() && stats.size === 0) throw emptyFile(file);
  return stats;
}

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
