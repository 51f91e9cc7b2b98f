// Whether one large transfer keeps up with the least rate that is asked of it. A client that sends or takes a
// byte now and then would otherwise hold its memory for ever, and two handfuls of them would hold all of it.

const LEAST_RATE = 100; // bytes a ms, on average

export class Pace {
  #bytes = 0;
  #since = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** A transfer of `bytes` more begins; time counts from the first that is not over. */
  begin(bytes: number, now: number): void {
    if (this.#bytes === 0) this.#since = now;
    this.#bytes += bytes;
  }

  /** `bytes` of what was begun, or all of it, are over; returns how many. */
  end(bytes = this.#bytes): number {
    this.#bytes -= bytes;
    return bytes;
  }

  /** Whether it has taken longer than its bytes need at the least rate, and `patience` ms on top. */
  isTooSlow(now: number, patience: number): boolean {
    return this.#bytes > 0 && now - this.#since > patience + this.#bytes / LEAST_RATE;
  }
}
