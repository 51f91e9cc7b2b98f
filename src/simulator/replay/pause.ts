// A pause of a replay: due times move by its length, so that nothing is late afterwards.

export class Pause {
  readonly #now: () => number;
  #total = 0;
  #since: number | undefined;

  /** @param now milliseconds of any clock */
  constructor(now = Date.now) {
    this.#now = now;
  }

  get isOn(): boolean {
    return this.#since !== undefined;
  }

  /** Milliseconds of all pauses up to now. */
  get total(): number {
    return this.#total + (this.#since === undefined ? 0 : this.#now() - this.#since);
  }

  toggle(): void {
    if (this.#since === undefined) {
      this.#since = this.#now();
      return;
    }
    this.#total = this.total;
    this.#since = undefined;
  }
}
