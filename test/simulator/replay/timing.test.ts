import { expect, it } from 'vitest';
import { happensAt, Timing } from '../../../src/simulator/replay/timing.ts';

const NONE = Number.POSITIVE_INFINITY;
const sendTimes = (timing: Timing, arrivals: readonly number[]) =>
  arrivals.map((arrived) => timing.next(arrived));

it('the timing of a replay sends each record as long after the one before as it came, divided by the speed', () => {
  const timing = new Timing({ speed: 10, longestGapMs: NONE }, 1_000);
  expect(sendTimes(timing, [500, 600, 600, 1_600])).toEqual([1_000, 1_010, 1_010, 1_110]);
});

it('the timing of a replay adds up parts of a millisecond, so that a fast replay does not fall behind', () => {
  const timing = new Timing({ speed: 3, longestGapMs: NONE }, 0);
  const times = sendTimes(
    timing,
    Array.from({ length: 301 }, (_, n) => n),
  );
  expect([times[1], times[2], times[300]]).toEqual([0, 1, 100]);
});

it('the timing of a replay cuts a wait to the longest gap, of the time of this replay', () => {
  const timing = new Timing({ speed: 2, longestGapMs: 100 }, 0);
  expect(sendTimes(timing, [0, 150, 1_000_000])).toEqual([0, 75, 175]);
});

it('the timing of a replay does not go back where an arrival does', () => {
  const timing = new Timing({ speed: 1, longestGapMs: NONE }, 0);
  expect(sendTimes(timing, [100, 50, 60])).toEqual([0, 0, 10]);
});

it('the timing of a replay sends all at once at the highest speed', () => {
  const timing = new Timing({ speed: NONE, longestGapMs: NONE }, 7);
  expect(sendTimes(timing, [0, 1_000_000])).toEqual([7, 7]);
});

it('the timing of a replay begins again a second after its last record, or the longest gap', () => {
  const timing = new Timing({ speed: 2, longestGapMs: NONE }, 0);
  sendTimes(timing, [0, 100]);
  timing.again();
  expect(sendTimes(timing, [0, 100])).toEqual([550, 600]);
  const short = new Timing({ speed: 1, longestGapMs: 10 }, 0);
  sendTimes(short, [0]);
  short.again();
  expect(short.next(0)).toBe(10);
});

it('the timing of a replay keeps an event as late as it was when it came, and early where it was ahead', () => {
  expect(happensAt({ arrivedMs: 1_000, happenedMs: 400 }, 50_000)).toBe(49_400);
  expect(happensAt({ arrivedMs: 1_000, happenedMs: 1_200 }, 50_000)).toBe(50_200);
  expect(happensAt({ arrivedMs: 1_000, happenedMs: undefined }, 50_000)).toBe(50_000);
});
