// Whether DuckDB has read a gzip to its end. It reads one that is cut off as far as that goes, and says nothing where the last thing
// it finds is a whole line, as in a file that was flushed line by line.

import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { type Cut, chunksOf } from './chunks.ts';
import type { Input } from './inputs.ts';

/** Of the packed file, from which the mean length of a line is taken. */
const SAMPLE_BYTES = 64 * 1024;
/** The length at the end of a gzip, modulo 2³². */
const LENGTH_BYTES = 4;
const MODULUS = 2 ** 32;
/** What a flush leaves at its end, where a length would be. */
const FLUSHED = 0xffff0000;
/** How far the length may be from that of so many mean lines, as a share. */
const TOLERANCE = 0.1;
/** Reached at 5.4 GB; any length fits from half the modulus on, at 21 GB. */
const WIDEST_TOLERANCE = MODULUS / 8;
const NEWLINE = 0x0a;

/**
 * Where a gzip is cut off or damaged, of which DuckDB has read so many lines without a complaint; undefined where it is whole. Only one
 * whose length at the end does not fit to the lines, or is too long to tell, is unpacked once more, as that takes as long as reading it.
 */
export async function cutOf(input: Input, lines: number): Promise<Cut | undefined> {
  if (!input.gzip || (await fits(input, lines))) return undefined;
  const chunks = chunksOf(input);
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) return value[0];
  }
}

async function fits({ path, bytes }: Input, lines: number): Promise<boolean> {
  const handle = await open(path);
  try {
    const end = Buffer.alloc(LENGTH_BYTES);
    await handle.read({ buffer: end, position: Math.max(0, bytes - LENGTH_BYTES) });
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(SAMPLE_BYTES), position: 0 });
    const length = end.readUInt32LE();
    const expected = lines * meanLine(buffer.subarray(0, bytesRead));
    return lengthFits(length, expected);
  } finally {
    await handle.close();
  }
}

/**
 * Whether the four bytes at the end of a gzip, as a number, are the length of about so many bytes. False where they can't tell: of a
 * file so long that the tolerance takes in a good part of what four bytes can hold, any number would fit.
 */
export function lengthFits(length: number, expected: number): boolean {
  const tolerance = expected * TOLERANCE;
  if (tolerance > WIDEST_TOLERANCE) return false;
  const apart = Math.abs(length - (expected % MODULUS));
  return length !== FLUSHED && Math.min(apart, MODULUS - apart) <= tolerance;
}

/** NaN where no line ends. */
function meanLine(packed: Buffer): number {
  try {
    const text = gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
    let lines = 0;
    let end = -1;
    for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, at + 1)) {
      lines += 1;
      end = at;
    }
    return (end + 1) / lines;
  } catch {
    return Number.NaN;
  }
}
