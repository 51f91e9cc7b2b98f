import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Onlookers, SEEN_MS, UNSEEN_MS } from '../../src/consumer/onlookers.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const { signal } = new AbortController();

function resting(onlookers: Onlookers, ms: number, until = signal) {
  const rest = { isOver: false };
  void onlookers.rest(ms, until).then(() => {
    rest.isOver = true;
  });
  return rest;
}

it('a follower hurries while somebody looks, and a minute longer', () => {
  const onlookers = new Onlookers();
  expect(onlookers.leastMs).toBe(UNSEEN_MS);
  onlookers.seen();
  vi.advanceTimersByTime(59_000);
  expect(onlookers.leastMs).toBe(SEEN_MS);
  onlookers.seen();
  vi.advanceTimersByTime(59_000);
  expect(onlookers.leastMs).toBe(SEEN_MS);
  vi.advanceTimersByTime(1_000);
  expect(onlookers.leastMs).toBe(UNSEEN_MS);
});

it('a long rest ends when somebody begins to look, and one that somebody looks at already does not', async () => {
  const onlookers = new Onlookers();
  const long = resting(onlookers, onlookers.leastMs);
  onlookers.seen();
  await vi.advanceTimersByTimeAsync(0);
  expect(long.isOver).toBe(true);
  const short = resting(onlookers, onlookers.leastMs);
  onlookers.seen();
  await vi.advanceTimersByTimeAsync(SEEN_MS - 1);
  expect(short.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(short.isOver).toBe(true);
});

it('a follower rests no longer once it is told to stop, and not at all afterwards', async () => {
  const [onlookers, stopping] = [new Onlookers(), new AbortController()];
  const before = resting(onlookers, UNSEEN_MS, stopping.signal);
  stopping.abort();
  const after = resting(onlookers, UNSEEN_MS, stopping.signal);
  await vi.advanceTimersByTimeAsync(0);
  expect([before.isOver, after.isOver]).toEqual([true, true]);
  expect(vi.getTimerCount()).toBe(0);
});
