// A file as chunks of whole lines, for files with faults, which DuckDB refuses as a whole.

import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { Input } from './inputs.ts';

/** Whole lines, and the number of the first of them, from 1. */
export type Chunk = { readonly bytes: Buffer; readonly firstLine: number; readonly lines: number };

/** Where the readable part of a file ends, or a line was left out. */
export type Cut = { readonly line: number; readonly reason: string };

const CHUNK_BYTES = 16 * 1024 ** 2;
/** A longer line is skipped without being held in memory. */
export const LONGEST_LINE_BYTES = 32 * 1024 ** 2;
const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads a file, gzip or plain, as chunks of whole lines.
 * @returns a damaged end and too long lines, which the chunks leave out
 */
export async function* chunksOf(input: Input): AsyncGenerator<Chunk, readonly Cut[]> {
  const cuts: Cut[] = [];
  const lines = new LineCollector(cuts);
  try {
    for await (const piece of bytesOf(input)) yield* lines.add(piece);
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
    yield* lines.flush();
    cuts.push({ line: lines.nextLine, reason: error.message });
    return cuts;
  }
  yield* lines.end();
  return cuts;
}

class LineCollector {
  nextLine = 1;
  #pieces: Buffer[] = [];
  #size = 0;
  /** Whether a line ends in the pieces: looking through all of them for each new piece of a long line would take seconds. */
  #hasEnd = false;
  #tooLong = 0;
  readonly #cuts: Cut[];

  constructor(cuts: Cut[]) {
    this.#cuts = cuts;
  }

  *add(piece: Buffer): Generator<Chunk> {
    let rest = this.nextLine === 1 && this.#size === 0 ? withoutMark(piece) : piece;
    if (this.#tooLong > 0) rest = this.#skip(rest);
    if (rest.length === 0) return;
    this.#pieces.push(rest);
    this.#size += rest.length;
    this.#hasEnd ||= rest.includes(NEWLINE);
    if (this.#size >= CHUNK_BYTES && (this.#hasEnd || this.#size > LONGEST_LINE_BYTES)) yield* this.flush();
  }

  /** Yields the whole lines so far; bytes after the last line end wait. */
  *flush(): Generator<Chunk> {
    const all = Buffer.concat(this.#pieces);
    const end = all.lastIndexOf(NEWLINE) + 1;
    if (end > 0) yield this.#chunk(all.subarray(0, end));
    const rest = all.subarray(end);
    this.#hasEnd = false;
    this.#tooLong = rest.length > LONGEST_LINE_BYTES ? rest.length : 0;
    this.#pieces = this.#tooLong > 0 || rest.length === 0 ? [] : [rest];
    this.#size = this.#tooLong > 0 ? 0 : rest.length;
  }

  /** Yields the rest; the last line needs no line end. */
  *end(): Generator<Chunk> {
    if (this.#tooLong > 0) this.#skip(Buffer.from([NEWLINE]));
    const all = Buffer.concat(this.#pieces);
    if (all.length > 0) yield this.#chunk(all);
  }

  #chunk(bytes: Buffer): Chunk {
    const firstLine = this.nextLine;
    const lines = countLines(bytes);
    this.nextLine += lines;
    return { bytes, firstLine, lines };
  }

  /** Skips the rest of a too long line. @returns the bytes after it */
  #skip(piece: Buffer): Buffer {
    const end = piece.indexOf(NEWLINE);
    this.#tooLong += end === -1 ? piece.length : end;
    if (end === -1) return Buffer.alloc(0);
    const reason = `received a line of ${this.#tooLong} bytes, expected at most ${LONGEST_LINE_BYTES}`;
    this.#cuts.push({ line: this.nextLine, reason });
    this.nextLine += 1;
    this.#tooLong = 0;
    return piece.subarray(end + 1);
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return bytes.at(-1) === NEWLINE ? lines : lines + 1;
}

const withoutMark = (piece: Buffer) =>
  piece.subarray(0, 3).equals(BYTE_ORDER_MARK) ? piece.subarray(3) : piece;

/** gzip data that is truncated or invalid. */
class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

async function* bytesOf({ path, bytes, gzip }: Input): AsyncGenerator<Buffer> {
  if (bytes === 0 && path.endsWith('.gz')) throw new DamagedError('the gzip file is empty');
  const source = createReadStream(path, { highWaterMark: 1024 ** 2 });
  if (gzip) yield* unpacked(source);
  else yield* source;
}

async function* unpacked(source: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const piece of gunzip) yield piece as Buffer;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('Z_')) throw error;
    const what =
      code === 'Z_BUF_ERROR' ? 'the gzip file is cut off' : `the gzip file is damaged (${message})`;
    throw new DamagedError(`${what} at byte ${gunzip.bytesWritten}`);
  }
}
