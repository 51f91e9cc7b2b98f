// How CSV is packed, recognised by its first two bytes, and the errors of packed data that is truncated or damaged.

import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf } from '../../src/runtime/errors.ts';
import { unreadable } from '../../src/runtime/input-file.ts';
import { DatasetError } from '../errors.ts';

/** CSV text as bytes, and how much of it was read. The file is opened when the first chunk is read. */
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

export const CHUNK_BYTES = 1024 * 1024;
export const GZIP = Buffer.from([0x1f, 0x8b]);
export const ZIP = Buffer.from('PK');

/** Decompresses gzip. */
export async function* unzipped(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const input = Readable.from(raw, { objectMode: false });
  input.on('error', (error) => gunzip.destroy(error));
  try {
    yield* input.pipe(gunzip);
  } finally {
    input.destroy();
  }
}

/** Passes chunks on; an error between them is explained. */
export async function* explaining(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw explain(error, file);
  }
}

/** An error of the file system or of zlib as one that a user can mend; any other as it is. */
export function explain(error: unknown, file: string): unknown {
  switch (codeOf(error)) {
    case 'Z_BUF_ERROR':
      return new DatasetError(
        'FILE_TRUNCATED',
        `received ${file}, whose compressed data ends too early, expected the whole file: fetch it again`,
        error,
      );
    case 'Z_DATA_ERROR':
      return new DatasetError(
        'FILE_DAMAGED',
        `received ${file}, whose compressed data is damaged, expected the whole file: fetch it again`,
        error,
      );
    default:
      return unreadableFile(error, file) ?? error;
  }
}

function unreadableFile(error: unknown, file: string): DatasetError | undefined {
  const reason = unreadable(error);
  if (reason === undefined) return undefined;
  const code = codeOf(error);
  const isDenied = code === 'EACCES' || code === 'EPERM';
  const kind = code === 'ENOENT' || code === 'ENOTDIR' ? 'FILE_MISSING' : 'FILE_UNREADABLE';
  return new DatasetError(
    isDenied ? 'FILE_DENIED' : kind,
    `received ${file}, ${reason}, expected a ${isDenied ? 'readable ' : ''}CSV file`,
    error,
  );
}
