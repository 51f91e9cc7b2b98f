// Work that many ask for: done soon, once for all of them, and not twice within its pace.

export class Soon {
  readonly #paceMs: number;
  readonly #work: () => void;
  #last = Number.NEGATIVE_INFINITY;
  #pending: NodeJS.Timeout | undefined;

  /** @param paceMs least milliseconds between two beginnings of the work @param work never throws */
  constructor(paceMs: number, work: () => void) {
    this.#paceMs = paceMs;
    this.#work = work;
  }

  call(): void {
    const wait = Math.max(0, this.#last + this.#paceMs - performance.now());
    this.#pending ??= setTimeout(() => {
      this.#pending = undefined;
      this.#last = performance.now();
      this.#work();
    }, wait);
  }

  /** Forgets what was asked for; what is under way goes on. */
  close(): void {
    clearTimeout(this.#pending);
  }
}
