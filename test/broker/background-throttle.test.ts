// The share of the event loop that throttled work leaves to requests.

import { expect, test } from 'vitest';
import { BackgroundThrottle, pauseMs } from '../../src/broker/background-throttle.ts';

test('on a busy loop work gets an eighth of the time, on an idle one all, and never waits for more than half a second', () => {
  expect(pauseMs(10, 1)).toBe(70);
  expect(pauseMs(10, 0.5)).toBe(35);
  expect(pauseMs(10, 0)).toBe(0);
  expect(pauseMs(1000, 1)).toBe(500);
});

test('beside others that keep the loop busy it pauses for most of the time, and they have their turns', async () => {
  let turns = 0;
  let isOver = false;
  const keepBusy = () => {
    turns += 1;
    if (!isOver) setImmediate(keepBusy);
  };
  keepBusy();
  const throttle = new BackgroundThrottle();
  let worked = 0;
  let paused = 0;
  for (let slice = 0; slice < 5; slice += 1) {
    const start = performance.now();
    while (performance.now() - start < 4);
    const end = performance.now();
    await throttle.pause();
    worked += end - start;
    paused += performance.now() - end;
  }
  isOver = true;
  expect(paused).toBeGreaterThan(worked * 4);
  expect(turns).toBeGreaterThan(100);
});
