import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { followReading, type ReadProgress } from '../../../src/sessions/batch/progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const input = (bytes: number) => ({ file: 0, name: 'a', path: 'a', bytes, gzip: false });

it('progress says how much of all files was read, and of the events what that share comes to', () => {
  const told: ReadProgress[] = [];
  let read = 500;
  const reading = followReading(
    [input(1_000), input(3_000)],
    (progress) => told.push(progress),
    () => read,
  );
  reading.begin(1_000);
  read += 400;
  vi.advanceTimersByTime(250);
  read += 600;
  reading.add(1_000, 50);
  reading.begin(3_000);
  vi.advanceTimersByTime(250);
  read += 1_500;
  vi.advanceTimersByTime(250);
  reading.add(3_000, 150);
  vi.advanceTimersByTime(250);
  reading.end();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([
    { bytes: 400, allBytes: 4_000, events: 0 },
    { bytes: 1_000, allBytes: 4_000, events: 50 },
    { bytes: 2_500, allBytes: 4_000, events: 125 },
    { bytes: 4_000, allBytes: 4_000, events: 200 },
  ]);
});

it('progress takes what was spilled and read again for no part of a file, and never goes back', () => {
  const shares: number[] = [];
  let read = 0;
  const files = [input(1_000), input(1_000)];
  const reading = followReading(
    files,
    ({ bytes }) => shares.push(bytes),
    () => read,
  );
  const look = (bytes: number) => {
    read += bytes;
    vi.advanceTimersByTime(250);
  };
  reading.begin(1_000);
  look(900);
  look(2_100);
  reading.add(1_000, 10);
  reading.begin(1_000);
  look(0);
  look(1_500);
  look(3_000);
  reading.end();
  expect(shares).toEqual([900, 1_000, 1_000, 1_500, 2_000]);
});
