// A binary heap of times and shoppers' numbers, by time and then by number. Two flat arrays, as a heap of ten thousand objects
// is bound by cache misses.

export class TimeQueue {
  readonly #times: Float64Array;
  readonly #numbers: Int32Array;
  #size = 0;

  /** @param most capacity */
  constructor(most: number) {
    this.#times = new Float64Array(most);
    this.#numbers = new Int32Array(most);
  }

  /** The number of the first entry; undefined where there is none. */
  get first(): number | undefined {
    return this.#size === 0 ? undefined : this.#numbers[0];
  }

  push(time: number, number: number): void {
    let place = this.#size;
    this.#size += 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isLater(parent, time, number)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#times[place] = time;
    this.#numbers[place] = number;
  }

  /** Replaces the first entry's time. */
  putOff(time: number): void {
    this.#sink(time, this.#numbers[0] ?? 0);
  }

  /** Removes the first entry. */
  drop(): void {
    this.#size -= 1;
    this.#sink(this.#times[this.#size] ?? 0, this.#numbers[this.#size] ?? 0);
  }

  /** Sifts an entry down from the top. */
  #sink(time: number, number: number): void {
    let place = 0;
    for (let child = 1; child < this.#size; child = 2 * place + 1) {
      const other = child + 1;
      if (other < this.#size && this.#isLater(child, this.#times[other] ?? 0, this.#numbers[other] ?? 0))
        child = other;
      if (this.#isLater(child, time, number)) break;
      this.#move(child, place);
      place = child;
    }
    this.#times[place] = time;
    this.#numbers[place] = number;
  }

  /** Whether the entry at `place` comes after this one. */
  #isLater(place: number, time: number, number: number): boolean {
    const its = this.#times[place] ?? 0;
    return its > time || (its === time && (this.#numbers[place] ?? 0) > number);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] ?? 0;
    this.#numbers[to] = this.#numbers[from] ?? 0;
  }
}
