/**
 * Milliseconds since the epoch: the start of this process by the wall clock, from there by the monotonic one, so that it never
 * jumps. For deadlines and timeouts; times that are stored or compared with a client's are Date.now().
 */
export const steadyNow = (): number => Math.floor(performance.timeOrigin + performance.now());
