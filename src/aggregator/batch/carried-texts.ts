// The cells that the sessions of a tally carry (CARRY_FIRST, CARRY_LAST): by slot, the first or last text of each since the last TOTAL.

import { NONE } from './group-slots.ts';
import type { PlainRow } from './reading.ts';
import type { TallyPlan } from './tally-plan.ts';

export class CarriedTexts {
  readonly #carried: TallyPlan['carried'];
  #kept: (string | undefined)[] = [];
  #taken: (string | undefined)[] = [];

  constructor({ carried }: TallyPlan) {
    this.#carried = carried;
  }

  /** Number of texts that were told since take(): the index of the next. */
  get told(): number {
    return this.#taken.length;
  }

  /** Keeps the cells of a row, which follows those of the slot before. */
  keepRow(slot: number, { bytes, begins, ends }: PlainRow): void {
    for (let index = 0; index < this.#carried.length; index += 1) {
      const { place, last } = this.#carried[index] as TallyPlan['carried'][number];
      const begin = begins[place] as number;
      const at = slot * this.#carried.length + index;
      if (begin !== NONE && (last || this.#kept[at] === undefined))
        this.#kept[at] = bytes.toString('utf8', begin, ends[place]);
    }
  }

  /** Keeps texts that another tally has handed over. @param from index of the first */
  keepTexts(slot: number, texts: readonly (string | undefined)[], from: number): void {
    for (let index = 0; index < this.#carried.length; index += 1) {
      const text = texts[from + index];
      const at = slot * this.#carried.length + index;
      if (text !== undefined && (this.#carried[index]?.last === true || this.#kept[at] === undefined))
        this.#kept[at] = text;
    }
  }

  /** Moves what is kept of a slot to the texts that take() hands over. */
  tell(slot: number): void {
    const { length } = this.#carried;
    for (let at = slot * length; at < (slot + 1) * length; at += 1) {
      this.#taken.push(this.#kept[at]);
      this.#kept[at] = undefined;
    }
  }

  /** Hands over the texts, in the order of tell(). */
  take(): readonly (string | undefined)[] {
    const taken = this.#taken;
    this.#taken = [];
    return taken;
  }
}
