import { expect, it } from 'vitest';
import { Pause } from '../../../src/simulator/replay/pause.ts';

it('a pause counts the time of all pauses, the present one included', () => {
  let now = 100;
  const pause = new Pause(() => now);
  now = 200;
  expect([pause.isOn, pause.total]).toEqual([false, 0]);
  pause.toggle();
  now = 250;
  expect([pause.isOn, pause.total]).toEqual([true, 50]);
  pause.toggle();
  now = 900;
  expect([pause.isOn, pause.total]).toEqual([false, 50]);
  pause.toggle();
  now = 1_000;
  expect(pause.total).toBe(150);
});
