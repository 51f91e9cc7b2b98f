import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { AT_ONCE, paced, steady } from '../../src/consumer/pace.ts';

const nothing = async () => {};
const { signal } = new AbortController();
/** Whether it has ended before the event loop turns once. */
const endsAtOnce = (pacing: Promise<void>) =>
  Promise.race([
    pacing.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);

it('a consumer pauses behind the last batch of a partition, and does not hold up a backlog', async () => {
  expect(await endsAtOnce(paced(1_000, false, nothing, AT_ONCE, signal))).toBe(true);
  const last = paced(1, true, nothing, AT_ONCE, signal);
  expect(await endsAtOnce(last)).toBe(false);
  await last;
});

it('a consumer begins the work before the pause, and fails as it fails', async () => {
  let begun = false;
  const working = paced(
    1,
    true,
    async () => {
      begun = true;
      throw new Error('away');
    },
    AT_ONCE,
    signal,
  );
  expect(begun).toBe(true);
  await expect(working).rejects.toThrow('away');
});

it('a consumer lets those that may follow later gather more, and a busy machine too', async () => {
  const lasts = async (work: () => Promise<void>, pace = AT_ONCE) => {
    const began = performance.now();
    await paced(1, true, work, pace, signal);
    return performance.now() - began;
  };
  expect(await lasts(nothing, steady(60))).toBeGreaterThan(55);
  expect(await lasts(() => sleep(40).then(() => {}))).toBeGreaterThan(75);
});

it('a consumer pauses no longer once it stops', async () => {
  const stopping = new AbortController();
  const pausing = paced(1, true, nothing, steady(3_600_000), stopping.signal);
  stopping.abort();
  await pausing;
});
