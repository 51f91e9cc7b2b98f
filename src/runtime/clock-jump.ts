// The wall clock may be set back: by a hand, by NTP, or with a virtual machine. Whatever counts its patience by it then
// waits for the past to come again. The program's own durations are the monotonic clock's; this is for what isn't ours.

const LOOK_EVERY_MS = 1_000;

/**
 * Watches whether the wall clock falls behind the monotonic one.
 * @param leastMs how much in a second counts as having been set back
 * @param onSetBack called with the milliseconds
 * @returns what ends the watch
 */
export function watchClockJump(leastMs: number, onSetBack: (ms: number) => void): () => void {
  let last = { wall: Date.now(), steady: performance.now() };
  const look = setInterval(() => {
    const now = { wall: Date.now(), steady: performance.now() };
    const behind = now.steady - last.steady - (now.wall - last.wall);
    last = now;
    if (behind >= leastMs) onSetBack(behind);
  }, LOOK_EVERY_MS);
  look.unref();
  return () => clearInterval(look);
}
