// The bytes that all connections together may hold in large requests and responses. A connection for which there are not enough
// waits in a queue; small messages, up to FREE bytes, do not count.

/** Messages up to this size do not count, as a socket buffers as much anyway. */
export const FREE = 64 * 1024;

export class MemoryBudget {
  readonly limit: number;
  #used = 0;
  #line: { bytes: number; granted: () => void }[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  get free(): number {
    return Math.max(0, this.limit - this.#used);
  }

  /** Takes bytes unconditionally, for a response that already exists. */
  take(bytes: number): void {
    this.#used += bytes;
  }

  /** Takes bytes, and returns true, if they are available and nobody waits; otherwise calls `granted` once it has taken them. */
  request(bytes: number, granted: () => void): boolean {
    if (this.#line.length === 0 && bytes <= this.free) {
      this.#used += bytes;
      return true;
    }
    this.#line.push({ bytes, granted });
    return false;
  }

  /** Releases bytes, and serves the queue in order. */
  give(bytes: number): void {
    this.#used -= bytes;
    for (let next = this.#line[0]; next && next.bytes <= this.free; next = this.#line[0]) {
      this.#line.shift();
      this.#used += next.bytes;
      next.granted();
    }
  }

  /** Leaves the queue; false if the bytes were already taken. */
  leave(granted: () => void): boolean {
    const at = this.#line.findIndex((waiter) => waiter.granted === granted);
    if (at >= 0) this.#line.splice(at, 1);
    return at >= 0;
  }
}
