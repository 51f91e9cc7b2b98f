// Keeps long work of the event loop out of the way of requests: after each piece of it, a rest that is the longer, the more the loop has
// else to do. On a busy broker such work has an eighth of the time, on an idle one nearly all.

import { setTimeout as sleep } from 'node:timers/promises';

const REST = 7; // ms of rest for each of work, where the loop has no idle moment
const LONGEST_REST_MS = 500;

export class BreathingSpace {
  #workingSince = performance.now();
  #others = 1; // the share of the last rest that the loop was busy

  /** Resolves when the next piece may be done. */
  async rest(): Promise<void> {
    const worked = performance.now() - this.#workingSince;
    const before = performance.eventLoopUtilization();
    await sleep(Math.min(worked * REST * this.#others, LONGEST_REST_MS), undefined, { ref: false });
    this.#others = performance.eventLoopUtilization(before).utilization;
    this.#workingSince = performance.now();
  }
}
