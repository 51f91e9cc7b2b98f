// Throttles long work on the event loop in favour of requests: each slice is followed by a pause that grows with the load of the
// loop. On a busy broker such work gets an eighth of the time, on an idle one nearly all.

import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE = 7; // ms of pause for each ms of work, on a loop without idle time
const LONGEST_PAUSE_MS = 500;

/** How long to pause after work, ms. @param busyShare share of the last pause in which the loop had other work, 0 to 1 */
export const pauseMs = (workedMs: number, busyShare: number): number =>
  Math.min(workedMs * PAUSE * busyShare, LONGEST_PAUSE_MS);

export class BackgroundThrottle {
  #workingSince = performance.now();
  #busyShare = 1; // see pauseMs

  /** Resolves when the next slice may run. */
  async pause(): Promise<void> {
    const worked = performance.now() - this.#workingSince;
    const before = performance.eventLoopUtilization();
    await sleep(pauseMs(worked, this.#busyShare), undefined, { ref: false });
    this.#busyShare = performance.eventLoopUtilization(before).utilization;
    this.#workingSince = performance.now();
  }
}
