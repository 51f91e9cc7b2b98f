import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { followReading, type ReadProgress } from '../../../src/sessions/batch/progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const input = (bytes: number) => ({ file: 0, name: 'a', path: 'a', bytes, gzip: false });

it('says how much of all files was read, never more than all, and of the events what that share comes to', () => {
  const told: ReadProgress[] = [];
  const reading = followReading([input(1e12), input(3e12)], (progress) => told.push(progress));
  vi.advanceTimersByTime(250);
  expect(told).toMatchObject([{ allBytes: 4e12, events: 0 }]);
  reading.add(1e12, 1_000);
  vi.advanceTimersByTime(250);
  reading.add(4e12, 7_000);
  vi.advanceTimersByTime(250);
  reading.end();
  vi.advanceTimersByTime(1_000);
  expect(told.slice(1)).toEqual([
    { bytes: 1e12, allBytes: 4e12, events: 1_000 },
    { bytes: 4e12, allBytes: 4e12, events: 6_400 },
  ]);
});
