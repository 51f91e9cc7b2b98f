import { existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { nextOffset, readHeader, stamp } from '../../../src/broker/log/record-batch.ts';
import { readSeal } from '../../../src/broker/log/seal.ts';
import { removeSegment, Segment, segmentPath } from '../../../src/broker/log/segment.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { batch } from '../batch.ts';
import { failing } from '../failing-disk.ts';

const NOW = 1_700_000_000_000;
const NOTHING = { producers: [], open: [] };

/** Appends a batch of so many bytes of value, at the segment's end; its size. */
function append(segment: Segment, valueBytes = 5, records = 1): number {
  const bytes = batch({ values: Array(records).fill('x'.repeat(valueBytes)) });
  stamp(bytes, segment.nextOffset, 0);
  segment.append(bytes, readHeader(bytes, 0));
  return bytes.length;
}
const made = (base = 0) => Segment.make(temporaryFolder(), base, NOW);

describe('a segment', () => {
  it('a segment is named for its first offset, in twenty digits', () => {
    expect(segmentPath('/f', 7)).toBe('/f/00000000000000000007');
    expect(segmentPath('/f', 2 ** 53)).toBe('/f/00009007199254740992');
  });

  it('a segment is read in whole batches from the one that holds an offset, whatever the limits', () => {
    const sizes = fc.array(fc.tuple(fc.nat(3_000), fc.integer({ min: 1, max: 4 })), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        sizes,
        fc.nat(100),
        fc.nat(9_000),
        fc.boolean(),
        fc.nat(100),
        (batches, from, max, strict, to) => {
          const segment = made(50);
          const bases: { base: number; next: number; size: number }[] = [];
          for (const [bytes, records] of batches) {
            const base = segment.nextOffset;
            const size = append(segment, bytes, records);
            bases.push({ base, next: segment.nextOffset, size });
          }
          const last = segment.nextOffset - 50;
          const offset = 50 + (from % last);
          const end = offset + 1 + (to % (segment.nextOffset - offset));
          const read = segment.read(offset, max, strict, end);
          segment.remove();
          const first = bases.findIndex(({ next }) => next > offset);
          const wanted: number[] = [];
          let room = max;
          for (const { base, size } of bases.slice(first)) {
            const isForced = wanted.length === 0 && !strict;
            if (base >= end || (size > room && !isForced)) break;
            wanted.push(base);
            room -= size;
          }
          const found: number[] = [];
          for (let at = 0; at < read.length; at += readHeader(read, at).size)
            found.push(readHeader(read, at).baseOffset);
          expect(found).toEqual(wanted);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a segment reads its last small batch from memory, which is what the file has, until it is sealed', () => {
    const segment = made();
    append(segment);
    const bytes = batch({ values: ['last'] });
    stamp(bytes, 1, 0);
    segment.append(bytes, readHeader(bytes, 0));
    const file = readFileSync(`${segment.path}.log`);
    const onDisk = file.subarray(file.length - bytes.length);
    bytes.fill(0); // the connection's memory is used again
    truncateSync(`${segment.path}.log`, 0);
    expect(segment.read(1, 1_000, true, 2)).toEqual(onDisk);
    expect(segment.read(1, onDisk.length - 1, false, 2)).toEqual(onDisk);
    expect(segment.read(1, onDisk.length - 1, true, 2)).toHaveLength(0);
    expect(segment.read(0, 1_000, false, 2)).toHaveLength(0);
    segment.seal(NOTHING);
    expect(segment.read(1, 1_000, false, 2)).toHaveLength(0);
  });

  it('a segment reads a large batch from its file', () => {
    const segment = made();
    const size = append(segment, 1_100);
    expect(segment.read(0, 10_000, false, 1)).toHaveLength(size);
    truncateSync(`${segment.path}.log`, 0);
    expect(segment.read(0, 10_000, false, 1)).toHaveLength(0);
  });

  it('a segment goes on where a reader stopped, and is read from before it as well', () => {
    const segment = made();
    for (let n = 0; n < 40; n += 1) append(segment, 400);
    for (let offset = 0; offset < 40; ) {
      const read = segment.read(offset, 1_500, false, 40);
      expect(readHeader(read, 0).baseOffset).toBe(offset);
      expect(readHeader(segment.read(0, 10, false, 40), 0).baseOffset).toBe(0);
      let last = 0;
      for (let at = 0; at < read.length; at += readHeader(read, at).size) last = at;
      offset = nextOffset(read, last);
    }
  });

  it('a segment throws where a length in its file can not be', () => {
    const segment = made();
    append(segment);
    append(segment);
    segment.seal(NOTHING);
    truncateSync(`${segment.path}.log`, 0);
    truncateSync(`${segment.path}.log`, segment.size); // zeros in their place
    expect(() => segment.read(1, 1_000, false, 2)).toThrow(
      'received a batch of 12 bytes, expected at least 61',
    );
  });

  it('a segment has a seal once its bytes are on the disk, and none from its next append on', async () => {
    const segment = made();
    append(segment);
    await segment.sealLater(NOTHING, (error) => expect(error).toBeUndefined());
    expect([segment.isSealed, segment.isSealing]).toEqual([true, false]);
    expect(readSeal(`${segment.path}.seal`, segment.size)).toMatchObject({
      nextOffset: 1,
      size: segment.size,
    });
    append(segment);
    expect([segment.isSealed, existsSync(`${segment.path}.seal`)]).toEqual([false, false]);
  });

  it('a segment has no seal of a state that an append has overtaken', async () => {
    const segment = made();
    append(segment);
    const sealing = segment.sealLater(NOTHING, (error) => expect(error).toBeUndefined());
    append(segment);
    await sealing;
    expect([segment.isSealed, segment.isSealing, existsSync(`${segment.path}.seal`)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('a segment tells why it has no seal, and has one once it is tried again', async () => {
    const segment = made();
    append(segment);
    const failed = vi.fn();
    const { path } = segment;
    Object.defineProperty(segment, 'path', { value: '/no/such/folder/segment', configurable: true });
    await segment.sealLater(NOTHING, failed);
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'ENOENT' }));
    expect([segment.isSealed, segment.isSealing]).toEqual([false, true]);
    Object.defineProperty(segment, 'path', { value: path });
    segment.sealAgain(failed);
    await expect.poll(() => segment.isSealed).toBe(true);
    expect(failed).toHaveBeenCalledTimes(1);
  });

  it('a segment takes nothing more once an fsync has failed', () => {
    const segment = made();
    append(segment);
    failing(['fdatasyncSync'], () => expect(() => segment.sync()).toThrow('EIO'));
    const { size } = segment;
    expect(() => append(segment)).toThrow('an fsync has failed');
    expect(() => segment.seal(NOTHING)).toThrow('an fsync has failed');
    expect([segment.size, statSync(`${segment.path}.log`).size]).toEqual([size, size]);
  });

  it('a segment that is full where its disk is has the bytes of before', () => {
    const segment = made();
    append(segment);
    const before = readFileSync(`${segment.path}.log`);
    failing(['writeSync'], () => expect(() => append(segment)).toThrow('EIO'));
    expect(readFileSync(`${segment.path}.log`)).toEqual(before);
    expect([segment.size, segment.nextOffset]).toEqual([before.length, 1]);
  });

  it('a segment that somebody has deleted is not made again, empty', () => {
    const folder = temporaryFolder();
    const gone = new Segment(folder, 0, NOW);
    gone.adopt({ size: 100, nextOffset: 1, maxTimestamp: NOW }, true, () => {
      throw new Error('there are no tables');
    });
    expect(() => gone.readAt(0, 10)).toThrow('ENOENT');
    expect(existsSync(`${gone.path}.log`)).toBe(false);
  });

  it('a segment goes with its seal', () => {
    const segment = made();
    append(segment);
    segment.seal(NOTHING);
    segment.remove();
    expect([existsSync(`${segment.path}.log`), existsSync(`${segment.path}.seal`)]).toEqual([false, false]);
    removeSegment(segment.path); // which is nothing to complain of
  });
});
