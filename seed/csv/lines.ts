// Chunks of bytes → buffers of whole lines. A checksum, a commit and the place to resume from all lie between two of
// these buffers.

import { DatasetError } from '../errors.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Bounds the memory that a file without line ends can take. */
const LONGEST_LINE = 32 * 1024 * 1024;

/**
 * Yields the same bytes, cut after line feeds; only the last buffer may lack one, and the first has a line that is not blank.
 * @throws {DatasetError} LINE_TOO_LONG
 */
export async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let [hasBegun, hasText] = [false, false];
  for await (const chunk of chunks) {
    let end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (!hasBegun) {
      hasBegun = end > 0 && (hasText || !isBlank(chunk.subarray(0, end)));
      hasText ||= !isBlank(chunk);
      if (!hasBegun) end = 0;
    }
    if (end > 0) {
      const head = chunk.subarray(0, end);
      yield pending.length === 0 ? head : Buffer.concat([...pending, head]);
      pending = [];
      pendingBytes = 0;
    }
    if (end === chunk.length) continue;
    pending.push(chunk.subarray(end));
    pendingBytes += chunk.length - end;
    if (pendingBytes > LONGEST_LINE) {
      const expected = `expected lines of CSV of at most ${LONGEST_LINE}`;
      throw new DatasetError(
        'LINE_TOO_LONG',
        `received ${pendingBytes} bytes without a line end, ${expected}`,
      );
    }
  }
  if (pending.length > 0) yield Buffer.concat(pending);
}

const isBlank = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte === LINE_FEED || byte === CARRIAGE_RETURN);
