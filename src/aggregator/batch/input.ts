// A file's bytes → records. The extension gives the format: .csv, .ndjson or .jsonl, .json, each also with .gz.

import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { CsvReader, InputError, type OnFault, type OnPlainRow, type OnRecord } from './csv.ts';
import { JsonReader, NdjsonReader } from './json-lines.ts';

const READERS = { csv: CsvReader, ndjson: NdjsonReader, jsonl: NdjsonReader, json: JsonReader } as const;
const NAME = /\.(csv|ndjson|jsonl|json)(\.gz)?$/i;
const BLOCK_BYTES = 1024 * 1024;
const MARK = Buffer.from('\ufeff');
/** Small, as a decompressed block may be a thousand times as large. */
const GZIP_BLOCK_BYTES = 32 * 1024;

export type InputFile = { readonly path: string; readonly bytes: number };

/**
 * Looks at a file before a run begins.
 * @throws {InputError} where it is missing, no file, or of an unknown kind
 */
export function describeInput(path: string): InputFile {
  if (!NAME.test(path))
    throw new InputError(
      `received ${path}, expected a name that ends in .csv, .ndjson, .jsonl or .json, or in these and .gz`,
    );
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new InputError(`received ${path}, which doesn't exist, expected a file`);
  if (!stats.isFile()) throw new InputError(`received ${path}, which is no file, expected a file`);
  return { path, bytes: stats.size };
}

/**
 * Reads a file, block after block.
 * @param afterBlock awaited after each block, with the bytes of the file that were read: where a driver commits
 * @param onPlainRow of CSV is asked before onRecord
 * @throws {InputError} for a doubled header, and for what is no gzip, after its whole records were read
 */
export async function readInput(
  { path }: InputFile,
  names: readonly string[],
  onRecord: OnRecord,
  onFault: OnFault,
  afterBlock: (bytes: number) => Promise<void>,
  onPlainRow?: OnPlainRow,
): Promise<void> {
  const [, kind = '', gzip] = NAME.exec(path) ?? [];
  const reader = new READERS[kind.toLowerCase() as keyof typeof READERS](
    names,
    onRecord,
    onFault,
    onPlainRow,
  );
  const file = createReadStream(path, { highWaterMark: gzip === undefined ? BLOCK_BYTES : GZIP_BLOCK_BYTES });
  const blocks = gzip === undefined ? (file as AsyncIterable<Buffer>) : unzipped(file);
  for await (const block of withoutMark(blocks)) {
    reader.write(block);
    await afterBlock(file.bytesRead);
  }
  reader.end();
}

/** The byte order mark, U+FEFF, is no part of the text. */
async function* withoutMark(blocks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const block of blocks) {
    if (head === undefined) {
      yield block;
      continue;
    }
    head = Buffer.concat([head, block]);
    if (head.length < MARK.length) continue;
    yield head.subarray(head.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0);
    head = undefined;
  }
  if (head !== undefined) yield head;
}

/** What can be unzipped comes, whole blocks of it, before the error is thrown. */
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
    await new Promise<void>((resolve) => void gunzip.write(bytes, () => resolve()));
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
