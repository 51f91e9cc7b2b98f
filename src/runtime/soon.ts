// Work that many ask for: done soon, once for all of them, not twice within its pace, and not again before it is done.

export class Soon {
  readonly #paceMs: () => number;
  readonly #work: () => void | Promise<void>;
  readonly #gatherMs: number;
  #last = Number.NEGATIVE_INFINITY;
  #pending: NodeJS.Timeout | undefined;
  #isWorking = false;
  #again = false;
  #closed = false;

  /**
   * @param paceMs least milliseconds between two beginnings of the work
   * @param work never throws or rejects
   * @param gatherMs milliseconds that the work waits for others that ask, also where its pace would let it begin
   */
  constructor(paceMs: number | (() => number), work: () => void | Promise<void>, gatherMs = 0) {
    this.#paceMs = typeof paceMs === 'number' ? () => paceMs : paceMs;
    this.#work = work;
    this.#gatherMs = gatherMs;
  }

  call(): void {
    if (this.#closed) return;
    if (this.#isWorking) {
      this.#again = true;
      return;
    }
    const wait = Math.max(this.#gatherMs, this.#last + this.#paceMs() - performance.now());
    this.#pending ??= setTimeout(() => this.#begin(), wait);
  }

  /** Forgets what was asked for; what is under way goes on. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#pending);
  }

  #begin(): void {
    this.#pending = undefined;
    this.#last = performance.now();
    const working = this.#work();
    if (working === undefined) return;
    this.#isWorking = true;
    void working.then(() => {
      this.#isWorking = false;
      if (!this.#again) return;
      this.#again = false;
      this.call();
    });
  }
}
