import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BATCH_HEADER, stamp } from '../../../src/broker/log/record-batch.ts';
import { isTorn, scan } from '../../../src/broker/log/recovery.ts';
import { type BatchOptions, batch } from '../batch.ts';
import { testFolder } from '../running-broker.ts';

const TIME = 1_700_000_000_000;

/** A stored batch that begins at an offset. */
function at(offset: number, options: BatchOptions = {}): Buffer {
  const bytes = batch(options);
  stamp(bytes, offset, 0);
  return bytes;
}
function fileOf(...parts: readonly Buffer[]): string {
  const file = `${testFolder()}/segment.log`;
  writeFileSync(file, Buffer.concat(parts));
  return file;
}
/** Scans a segment that begins at offset 10; what it holds, and the offsets of its batches. */
function scanned(file: string, hasGaps = false) {
  const batches: number[] = [];
  const { size, nextOffset, maxTimestamp } = scan(file, 10, hasGaps, (header) => {
    batches.push(header.baseOffset);
  });
  return { size, nextOffset, maxTimestamp, batches };
}

describe('a segment that is scanned', () => {
  const first = at(10, { values: ['a', 'b'], timestamps: [TIME + 5, TIME + 1] });
  const second = at(12, { timestamps: [TIME + 3] });

  it('a segment that is scanned holds its batches, the offset behind them, and the latest time', () => {
    expect(scanned(fileOf(first, second))).toEqual({
      size: first.length + second.length,
      nextOffset: 13,
      maxTimestamp: TIME + 5,
      batches: [10, 12],
    });
  });

  it('a segment that is scanned is empty without a batch, and has no time', () => {
    expect(scanned(fileOf())).toEqual({ size: 0, nextOffset: 10, maxTimestamp: -1, batches: [] });
  });

  it('a segment that is scanned ends before a batch whose offset does not follow, but where it was compacted', () => {
    const file = fileOf(first, at(15));
    expect(scanned(file).batches).toEqual([10]);
    expect(scanned(file, true)).toMatchObject({ batches: [10, 15], nextOffset: 16 });
  });

  it('a segment that is scanned ends before a batch that goes back, also where it was compacted', () => {
    expect(scanned(fileOf(first, at(11)), true).batches).toEqual([10]);
  });

  it.each<[string, Buffer]>([
    ['is cut off', second.subarray(0, -4)],
    ['is cut off in its header', second.subarray(0, BATCH_HEADER - 1)],
    ['has another byte', Buffer.from(second).fill(0x7f, second.length - 1)],
    ['is of another format', Buffer.from(second).fill(1, 16, 17)],
    ['is shorter than its header', Buffer.from(second).fill(0, 8, 12)],
  ])('a segment that is scanned ends before a batch that %s, whatever follows', (_, damaged) => {
    expect(scanned(fileOf(first, damaged, at(13)))).toMatchObject({ size: first.length, batches: [10] });
  });

  it('a segment that is scanned may be larger than what is read at once', () => {
    const value = 'x'.repeat(300_000);
    const parts = Array.from({ length: 9 }, (_, n) => at(10 + n, { values: [value] }));
    expect(scanned(fileOf(...parts))).toMatchObject({
      size: parts.reduce((sum, { length }) => sum + length, 0),
      nextOffset: 19,
    });
  });
});

describe('what lies behind the whole batches', () => {
  const whole = at(10, { values: ['x'.repeat(200)] });
  const torn = (tail: Buffer, largest = 1_000) =>
    isTorn(fileOf(whole, tail), whole.length, whole.length + tail.length, largest);

  it('what lies behind the whole batches is torn where it is shorter than a header, or than it says', () => {
    expect(torn(whole.subarray(0, BATCH_HEADER - 1))).toBe(true);
    expect(torn(whole.subarray(0, -1))).toBe(true);
  });

  it('what lies behind the whole batches is torn where it is zeros, as of a file that grew before it was written', () => {
    expect(torn(Buffer.alloc(500))).toBe(true);
  });

  it('what lies behind the whole batches is damage where a whole batch could lie there, or more than one append', () => {
    expect(torn(whole)).toBe(false);
    expect(torn(Buffer.alloc(1_001))).toBe(false);
    expect(torn(whole.subarray(0, -1), whole.length - 2)).toBe(false);
  });
});
