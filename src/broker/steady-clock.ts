/**
 * Milliseconds since the epoch as this process saw it start, and then by the monotonic clock: never set back or forward.
 * For deadlines and patience; what is stored or compared with a client's time takes Date.now().
 */
export const steadyNow = (): number => Math.floor(performance.timeOrigin + performance.now());
