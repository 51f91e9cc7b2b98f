import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withHeartbeat } from '../../src/consumer/with-heartbeat.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Work that ends when the test says so. */
function manual() {
  let finish: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { work: () => done, finish };
}

it('heartbeats are sent while the work goes on, and none after it', async () => {
  const { work, finish } = manual();
  const heartbeat = vi.fn(async () => {});
  const working = withHeartbeat(heartbeat, async () => {}, work);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(heartbeat).toHaveBeenCalledTimes(3);
  finish();
  await working;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(heartbeat).toHaveBeenCalledTimes(3);
});

it('work goes on where a heartbeat fails, and gives what it gives', async () => {
  const failing = vi.fn(() => Promise.reject(new Error('rebalancing')));
  const { work, finish } = manual();
  const working = withHeartbeat(
    failing,
    async () => {},
    () => work().then(() => 7),
  );
  await vi.advanceTimersByTimeAsync(2_000);
  finish();
  expect(await working).toBe(7);
  expect(failing).toHaveBeenCalledTimes(2);
});

it('heartbeats stop where the work fails', async () => {
  const heartbeat = vi.fn(async () => {});
  const failing = withHeartbeat(
    heartbeat,
    async () => {},
    () => Promise.reject(new Error('away')),
  );
  await expect(failing).rejects.toThrow('away');
  expect(vi.getTimerCount()).toBe(0);
});

it('somebody looks what slow work waits for, one look at a time', async () => {
  const looks: (() => void)[] = [];
  const whenSlow = vi.fn(() => new Promise<void>((resolve) => looks.push(resolve)));
  const { work, finish } = manual();
  const working = withHeartbeat(async () => {}, whenSlow, work);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(whenSlow).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(whenSlow).toHaveBeenCalledTimes(1);
  looks[0]?.();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(whenSlow).toHaveBeenCalledTimes(2);
  looks[1]?.();
  finish();
  await working;
});
