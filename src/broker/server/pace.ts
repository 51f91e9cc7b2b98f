// Checks that large transfers keep up a minimum rate. Otherwise a few clients that send or read a byte now and then could
// hold all of the memory budget for ever.

const LEAST_RATE = 100; // bytes per ms, on average

export class Pace {
  #bytes = 0;
  #since = 0;

  /** Bytes of the unfinished transfers. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins a transfer of `bytes`, at `now` in ms; time is counted from when the first of the unfinished ones began. */
  begin(bytes: number, now: number): void {
    if (this.#bytes === 0) this.#since = now;
    this.#bytes += bytes;
  }

  /** Ends `bytes` of the transfers, all by default; returns how many. */
  end(bytes = this.#bytes): number {
    this.#bytes -= bytes;
    return bytes;
  }

  /** Whether the transfers have taken longer than their bytes need at the minimum rate, plus `timeout` ms. */
  isTooSlow(now: number, timeout: number): boolean {
    return this.#bytes > 0 && now - this.#since > timeout + this.#bytes / LEAST_RATE;
  }
}
