import { describe, expect, it } from 'vitest';
import { countExpired, isExpired, isFull } from '../../../src/broker/log/segment-limits.ts';

const NOW = 1_000_000;
const LIMITS = {
  segmentBytes: 1_000,
  segmentMs: 500,
  isCompacted: false,
  maxCompactionLagMs: 100,
  retentionMs: 60_000,
  retentionBytes: -1,
};
const segment = { size: 600, openedAt: NOW - 499, baseOffset: 10, nextOffset: 20 };
const MOST = 2 ** 31 - 1;

describe('a segment is full', () => {
  it.each<[string, Partial<typeof segment>, number, number, Partial<typeof LIMITS>, boolean]>([
    ['not while all fits', {}, 400, 1, {}, false],
    ['by a byte too many', {}, 401, 1, {}, true],
    ['by its age', { openedAt: NOW - 500 }, 0, 0, {}, true],
    ['sooner where it is compacted', {}, 0, 0, { isCompacted: true }, true],
    ['by its offsets', {}, 0, MOST - 9, {}, true],
    ['not by the last offset that its index can hold', {}, 0, MOST - 10, {}, false],
    ['never while it is empty, however large what comes', { size: 0, openedAt: 0 }, 1e9, MOST, {}, false],
  ])('a segment is full %s', (_, changes, bytes, records, limits, expected) => {
    expect(isFull({ ...segment, ...changes }, bytes, records, { ...LIMITS, ...limits }, NOW)).toBe(expected);
  });
});

describe('a segment is past its retention', () => {
  it.each([
    [NOW - 60_000, 60_000, false],
    [NOW - 60_001, 60_000, true],
    [NOW - 1, 0, true],
    [0, -1, false],
  ])(
    'a segment is past its retention where its last record is of %i and %i ms are kept: %s',
    (lastTime, retentionMs, expected) => {
      expect(isExpired({ lastTime }, { retentionMs }, NOW)).toBe(expected);
    },
  );

  const sized = (size: number, lastTime = NOW) => ({ size, lastTime });

  it('a segment is past its retention while the partition has its bytes without it', () => {
    const closed = [sized(100), sized(100), sized(100)];
    const count = (retentionBytes: number) =>
      countExpired(closed, 350, { retentionMs: -1, retentionBytes }, NOW);
    expect([count(-1), count(251), count(250), count(150), count(0)]).toEqual([0, 0, 1, 2, 3]);
  });

  it('a segment is past its retention but not behind one that is kept', () => {
    const closed = [sized(1, 0), sized(1), sized(1, 0)];
    expect(countExpired(closed, 3, { retentionMs: 10, retentionBytes: -1 }, NOW)).toBe(1);
  });
});
