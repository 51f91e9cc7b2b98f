// The wall clock may be set back: by hand, by NTP, or with a virtual machine. Timeouts that are counted by it then last as long as the
// jump. The program measures durations by the monotonic clock; this is for libraries that don't.

import { lookEvery, SELDOM_MS } from './look-every.ts';

/**
 * Watches whether the wall clock falls behind the monotonic one.
 * @param leastMs how much between two looks, which are some seconds apart, counts as having been set back
 * @param onSetBack called with the milliseconds
 * @returns what ends the watch
 */
export const watchClockJump = (leastMs: number, onSetBack: (ms: number) => void): (() => void) =>
  lookEvery(SELDOM_MS, clockLook(leastMs, onSetBack));

/** Both clocks at one moment, in milliseconds. */
export type Clocks = { readonly wall: number; readonly steady: number };
const readClocks = (): Clocks => ({ wall: Date.now(), steady: performance.now() });

/** What looks at both clocks, and calls `onSetBack` where the wall clock has fallen behind since the last look. */
export function clockLook(
  leastMs: number,
  onSetBack: (ms: number) => void,
  read: () => Clocks = readClocks,
): () => void {
  let last = read();
  return () => {
    const now = read();
    const behind = now.steady - last.steady - (now.wall - last.wall);
    last = now;
    if (behind >= leastMs) onSetBack(behind);
  };
}
