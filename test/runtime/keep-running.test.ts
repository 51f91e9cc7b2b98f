import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { keepRunning } from '../../src/runtime/keep-running.ts';

it('keepRunning starts again what could not start and what crashed, stops what runs when it is told to, and leaves no listener behind', async () => {
  const closing = new AbortController();
  const told: string[] = [];
  const listeners: number[] = [];
  let starts = 0;
  const kept = keepRunning(
    async (crash) => {
      starts += 1;
      listeners.push(getEventListeners(closing.signal, 'abort').length);
      if (starts === 1) throw new Error('no server');
      if (starts === 2) setTimeout(() => crash(new Error('crashed')), 5);
      else setTimeout(() => closing.abort(), 5);
      return { stop: async () => void told.push(`stopped ${starts}`) };
    },
    closing.signal,
    (error) => told.push(String(error)),
  );
  await kept;
  expect(told).toEqual(['Error: no server', 'stopped 2', 'Error: crashed', 'stopped 3']);
  // Node warns of a leak where a signal has more than ten.
  expect(listeners).toEqual([1, 1, 1]);
}, 20_000);

it('keepRunning does not wait for a start that hangs when it is told to stop, and stops it should it come late', async () => {
  const closing = new AbortController();
  let late: () => void = () => {};
  let stopped = false;
  const stop = async () => {
    stopped = true;
  };
  const kept = keepRunning(
    () =>
      new Promise((resolve) => {
        late = () => resolve({ stop });
      }),
    closing.signal,
    () => {},
  );
  await sleep(5);
  closing.abort();
  await kept;
  expect(stopped).toBe(false);
  late();
  await sleep(5);
  expect(stopped).toBe(true);
});
