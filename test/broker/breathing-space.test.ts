// Long work beside requests: how much of the event loop it leaves to them.

import { expect, test } from 'vitest';
import { BreathingSpace, restMs } from '../../src/broker/breathing-space.ts';

test('on a busy loop work gets an eighth of the time, on an idle one all, and never waits for more than half a second', () => {
  expect(restMs(10, 1)).toBe(70);
  expect(restMs(10, 0.5)).toBe(35);
  expect(restMs(10, 0)).toBe(0);
  expect(restMs(1000, 1)).toBe(500);
});

test('beside others that keep the loop busy it rests for most of the time, and they have their turns', async () => {
  let turns = 0;
  let isOver = false;
  const keepBusy = () => {
    turns += 1;
    if (!isOver) setImmediate(keepBusy);
  };
  keepBusy();
  const space = new BreathingSpace();
  let worked = 0;
  let rested = 0;
  for (let slice = 0; slice < 5; slice += 1) {
    const start = performance.now();
    while (performance.now() - start < 4);
    const end = performance.now();
    await space.rest();
    worked += end - start;
    rested += performance.now() - end;
  }
  isOver = true;
  expect(rested).toBeGreaterThan(worked * 4);
  expect(turns).toBeGreaterThan(100);
});
