// Reads a file's bytes as records. The extension gives the format: .csv, .ndjson or .jsonl, .json, each also with .gz.

import { createReadStream, type Stats, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { firstBytesOf, foreignKind, isGzip, unreadable } from '../../runtime/input-file.ts';
import { CsvReader } from './csv.ts';
import { JsonReader, NdjsonReader } from './json-lines.ts';
import {
  InputError,
  type OnFault,
  type OnPlainRow,
  type OnPlainRows,
  type OnRecord,
  type Part,
  WHOLE,
} from './reading.ts';

const NAME = /\.(csv|ndjson|jsonl|json)(\.gz)?$/i;
/** Bytes that are read at a time. */
export const BLOCK_BYTES = 1024 * 1024;
const MARK = Buffer.from('\ufeff');
/** Small, as a decompressed block may be a thousand times as large. */
const GZIP_BLOCK_BYTES = 32 * 1024;

export type InputFile = { readonly path: string; readonly bytes: number };

/** Whether a file is CSV, packed or not. */
export const hasRows = ({ path }: InputFile): boolean => /\.csv(\.gz)?$/i.test(path);

/** Whether a file can be read in parts: it is CSV, and not packed. */
export const hasParts = ({ path }: InputFile): boolean => /\.csv$/i.test(path);

/** What readInput() reads, and whom it tells. */
export type Reading = {
  /** The fields that are read, in the order of a record's cells. */
  readonly names: readonly string[];
  readonly onRecord: OnRecord;
  readonly onFault: OnFault;
  /** For CSV alone: called before onRecord. */
  readonly onPlainRow?: OnPlainRow;
  readonly onPlainRows?: OnPlainRows;
  /** Awaited after each block, where a driver may commit. @param bytes of the file that were read @param next undefined for a file without parts */
  readonly afterBlock: (bytes: number, next: Next | undefined) => Promise<void>;
};
/** Where a part of a CSV file ended: the next row's byte and line, and the columns of its header. */
export type Next = Pick<Part, 'byte' | 'line' | 'columns'>;

/**
 * Checks a file before a run begins.
 * @throws {InputError} where it is missing, no file, unreadable, of an unknown format, or no text
 */
export function describeInput(path: string): InputFile {
  if (!NAME.test(path))
    throw new InputError(
      `received ${path}, expected a name that ends in .csv, .ndjson, .jsonl or .json, or in these and .gz`,
    );
  const { stats, first } = look(path);
  const foreign = foreignKind(first);
  if (foreign !== undefined)
    throw new InputError(`received ${path}, ${foreign}, expected text in UTF-8, plain or gzip`);
  if (stats.size > 0 && isGzip(first) !== /\.gz$/i.test(path))
    throw new InputError(
      isGzip(first)
        ? `received ${path}, which is packed by gzip, expected a name that ends in .gz`
        : `received ${path}, which is no gzip, expected a name without .gz`,
    );
  return { path, bytes: stats.size };
}

function look(path: string): { readonly stats: Stats; readonly first: Buffer } {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new InputError(`received ${path}, which is no file, expected a file`);
    return { stats, first: firstBytesOf(path) };
  } catch (error) {
    const reason = unreadable(error);
    if (reason === undefined) throw error;
    throw new InputError(`received ${path}, ${reason}, expected a file`);
  }
}

/**
 * Reads a file, block after block.
 * @param part of a file that hasParts()
 * @returns where the next part begins; undefined for a file without parts
 * @throws {InputError} for a header that names a column twice; for a damaged gzip, once its whole records were read
 */
export async function readInput(
  input: InputFile,
  reading: Reading,
  part: Part = WHOLE,
): Promise<Next | undefined> {
  const [, kind = '', gzip] = NAME.exec(input.path) ?? [];
  const reader = readerOf(kind.toLowerCase(), reading, part);
  const file = createReadStream(input.path, {
    highWaterMark: gzip === undefined ? BLOCK_BYTES : GZIP_BLOCK_BYTES,
    start: part.byte,
  });
  let mark = 0;
  const next = () => {
    if (!hasParts(input) || !(reader instanceof CsvReader)) return undefined;
    return { ...reader.next, byte: reader.next.byte + mark };
  };
  const onMark = () => {
    mark = MARK.length;
  };
  const blocks = gzip === undefined ? (file as AsyncIterable<Buffer>) : unzipped(file);
  for await (const block of part.byte === 0 ? withoutMark(blocks, onMark) : blocks) {
    if (reader.write(block) === false) return next();
    await reading.afterBlock(part.byte + file.bytesRead, next());
  }
  reader.end();
  return next();
}

function readerOf(
  kind: string,
  { names, onRecord, onFault, onPlainRow, onPlainRows }: Reading,
  part: Part,
): CsvReader | JsonReader | NdjsonReader {
  if (kind === 'csv') return new CsvReader(names, onRecord, onFault, onPlainRow, part, onPlainRows);
  return new (kind === 'json' ? JsonReader : NdjsonReader)(names, onRecord, onFault);
}

/** Removes a byte order mark (U+FEFF) at the beginning. @param onMark called where there is one */
async function* withoutMark(blocks: AsyncIterable<Buffer>, onMark: () => void): AsyncIterable<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const block of blocks) {
    if (head === undefined) {
      yield block;
      continue;
    }
    head = Buffer.concat([head, block]);
    if (head.length < MARK.length) continue;
    const marked = head.subarray(0, MARK.length).equals(MARK);
    if (marked) onMark();
    yield marked ? head.subarray(MARK.length) : head;
    head = undefined;
  }
  if (head !== undefined) yield head;
}

/** Unzips a file. Of a damaged one everything before the damage comes first. @throws {InputError} */
async function* unzipped(file: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: BLOCK_BYTES });
  let blocks: Buffer[] = [];
  let failed: Error | undefined;
  gunzip.on('data', (block: Buffer) => blocks.push(block));
  gunzip.on('error', (error) => {
    failed = error;
  });
  const ended = new Promise<void>((resolve) => gunzip.once('close', resolve));
  for await (const bytes of file) {
    const written = new Promise<void>((resolve) => void gunzip.write(bytes, () => resolve()));
    // After an error the callback of write() is never called.
    await Promise.race([written, ended]);
    yield* blocks;
    blocks = [];
    if (failed !== undefined) break;
  }
  gunzip.end();
  await ended;
  yield* blocks;
  if (failed !== undefined)
    throw new InputError(`received a gzip that is cut or damaged (${failed.message}), expected a whole one`, {
      cause: failed,
    });
}
