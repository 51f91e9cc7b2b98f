import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { keepRunning } from '../../src/runtime/keep-running.ts';

it('starts again what could not start and what crashed, and stops what runs when it is told to', async () => {
  const closing = new AbortController();
  const told: string[] = [];
  let starts = 0;
  const kept = keepRunning(
    async (crash) => {
      starts += 1;
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
}, 20_000);

it('does not wait for a start that hangs when it is told to stop, and stops it should it come late', async () => {
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
