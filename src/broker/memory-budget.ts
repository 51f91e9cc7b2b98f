// How many bytes all connections together may hold in large requests and answers. A connection that finds
// too little waits in line; small messages, up to FREE bytes, do not count.

/** A message up to this size costs nothing: it is within what a socket buffers anyway. */
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

  /** Takes bytes unconditionally, for an answer that is already there. */
  take(bytes: number): void {
    this.#used += bytes;
  }

  /** Takes bytes if there are as many and nobody waits; else calls `granted` once they were taken. */
  request(bytes: number, granted: () => void): boolean {
    if (this.#line.length === 0 && bytes <= this.free) {
      this.#used += bytes;
      return true;
    }
    this.#line.push({ bytes, granted });
    return false;
  }

  /** Gives bytes back, and serves those who wait, in order. */
  give(bytes: number): void {
    this.#used -= bytes;
    for (let next = this.#line[0]; next && next.bytes <= this.free; next = this.#line[0]) {
      this.#line.shift();
      this.#used += next.bytes;
      next.granted();
    }
  }

  /** Leaves the line; false if the bytes were already taken. */
  leave(granted: () => void): boolean {
    const at = this.#line.findIndex((waiter) => waiter.granted === granted);
    if (at >= 0) this.#line.splice(at, 1);
    return at >= 0;
  }
}
