// Decides where the arrays of a tally are: on the heap, or in the memory of WebAssembly. They move there together and once. As soon as
// one of them has to grow, WebAssembly adds no more rows, as growing its memory would detach all arrays in it.

import { PlainRows } from './plain-rows.ts';
import type { TallyPlan } from './tally-plan.ts';

export class PlainMemory {
  readonly #plan: TallyPlan;
  #rows: PlainRows | undefined;
  #isClosed: boolean;

  constructor(plan: TallyPlan) {
    this.#plan = plan;
    // Carried cells are strings, which WebAssembly can't make.
    this.#isClosed = plan.carried.length > 0;
  }

  /** The arrays that WebAssembly adds to; undefined before enter() and after leave(). */
  get rows(): PlainRows | undefined {
    return this.#rows;
  }

  /** Whether WebAssembly never adds to the arrays again. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Moves the arrays into the memory of WebAssembly.
   * @param columns place of the cell by column, -1 for one that is not read
   * @param width numbers of a slot's row
   * @param move moves all arrays; false where one doesn't fit
   * @returns undefined where so much memory can't be allocated, or it is too small
   */
  enter(columns: Int32Array, width: number, move: (rows: PlainRows) => boolean): PlainRows | undefined {
    const rows = plainRowsOf(this.#plan, columns, width);
    if (rows !== undefined && move(rows)) this.#rows = rows;
    else this.leave();
    return this.#rows;
  }

  /** Must be called before an array is replaced by a larger one. */
  leave(): void {
    this.#rows = undefined;
    this.#isClosed = true;
  }
}

function plainRowsOf(plan: TallyPlan, columns: Int32Array, width: number): PlainRows | undefined {
  try {
    return new PlainRows({ ...plan, periods: plan.periods.map(({ place }) => place) }, columns, width);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type Numbers = Int32Array | Uint8Array | Float64Array;

/** Copies the values. @returns the array that has them now */
export function moved<T extends Numbers>(values: T, to: T): T {
  to.set(values);
  return to;
}

/** Copies the values into an array of twice the length. */
export function grown<T extends Numbers>(values: T): T {
  const larger = new (values.constructor as new (length: number) => T)(values.length * 2);
  larger.set(values);
  return larger;
}
