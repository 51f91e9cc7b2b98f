// Where the arrays of a tally are: its own, or those that WebAssembly adds to. They move there all together, and only once: as soon as
// one of them has to grow, no rows are added by WebAssembly any more, as its memory can't grow without leaving the others behind.

import { PlainRows } from './plain-rows.ts';
import type { TallyPlan } from './tally-plan.ts';

export class PlainMemory {
  readonly #plan: TallyPlan;
  #rows: PlainRows | undefined;
  #isClosed: boolean;

  constructor(plan: TallyPlan) {
    this.#plan = plan;
    // Cells that are carried are texts, which WebAssembly doesn't make.
    this.#isClosed = plan.carried.length > 0;
  }

  /** What WebAssembly adds to; undefined before enter(), and for ever after leave(). */
  get rows(): PlainRows | undefined {
    return this.#rows;
  }

  /** Whether the arrays are the tally's own for good. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * @param columns place of the cell by column, -1 for one that is not read
   * @param width numbers of a slot's row
   * @param move moves the arrays there; false where they don't fit
   * @returns undefined where there is no such memory, or it is too small
   */
  enter(columns: Int32Array, width: number, move: (rows: PlainRows) => boolean): PlainRows | undefined {
    const rows = plainRowsOf(this.#plan, columns, width);
    if (rows !== undefined && move(rows)) this.#rows = rows;
    else this.leave();
    return this.#rows;
  }

  /** An array is about to be another one. */
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

/** The array that the values are in now. */
export function moved<T extends Numbers>(values: T, to: T): T {
  to.set(values);
  return to;
}

/** The values in an array of twice the length. */
export function grown<T extends Numbers>(values: T): T {
  const larger = new (values.constructor as new (length: number) => T)(values.length * 2);
  larger.set(values);
  return larger;
}
