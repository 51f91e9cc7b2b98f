// Checks that a large transfer keeps up with a least rate. Otherwise a few clients that send or read a byte now and then
// would hold all memory for ever.

const LEAST_RATE = 100; // bytes a ms, on average

export class Pace {
  #bytes = 0;
  #since = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** Begins a transfer of `bytes` more; time counts from the oldest unfinished one. */
  begin(bytes: number, now: number): void {
    if (this.#bytes === 0) this.#since = now;
    this.#bytes += bytes;
  }

  /** Ends `bytes` of the transfers, all by default; returns how many. */
  end(bytes = this.#bytes): number {
    this.#bytes -= bytes;
    return bytes;
  }

  /** Whether the transfers take longer than their bytes need at the least rate plus `timeout` ms. */
  isTooSlow(now: number, timeout: number): boolean {
    return this.#bytes > 0 && now - this.#since > timeout + this.#bytes / LEAST_RATE;
  }
}
