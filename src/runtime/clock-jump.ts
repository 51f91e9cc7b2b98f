// The wall clock may be set back: by hand, by NTP, or with a virtual machine. Timeouts that are counted by it then last as long as the
// jump. The program measures durations by the monotonic clock; this is for libraries that don't.

import { lookEvery } from './look-every.ts';

const LOOK_EVERY_MS = 1_000;

/**
 * Watches whether the wall clock falls behind the monotonic one.
 * @param leastMs how much in a second counts as having been set back
 * @param onSetBack called with the milliseconds
 * @returns what ends the watch
 */
export function watchClockJump(leastMs: number, onSetBack: (ms: number) => void): () => void {
  let last = { wall: Date.now(), steady: performance.now() };
  return lookEvery(LOOK_EVERY_MS, () => {
    const now = { wall: Date.now(), steady: performance.now() };
    const behind = now.steady - last.steady - (now.wall - last.wall);
    last = now;
    if (behind >= leastMs) onSetBack(behind);
  });
}
