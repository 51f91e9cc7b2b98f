// The cells that the sessions of a tally carry: by slot the first or the last text of each since the last TOTAL.

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

  /** How many were told since take(). */
  get told(): number {
    return this.#taken.length;
  }

  /** Keeps the cells of a row that comes behind those of the slot. */
  keepRow(slot: number, { bytes, begins, ends }: PlainRow): void {
    for (let index = 0; index < this.#carried.length; index += 1) {
      const { place, last } = this.#carried[index] as TallyPlan['carried'][number];
      const begin = begins[place] as number;
      const at = slot * this.#carried.length + index;
      if (begin !== NONE && (last || this.#kept[at] === undefined))
        this.#kept[at] = bytes.toString('utf8', begin, ends[place]);
    }
  }

  /** Keeps the texts that another tally has told, from `from` on. */
  keepTexts(slot: number, texts: readonly (string | undefined)[], from: number): void {
    for (let index = 0; index < this.#carried.length; index += 1) {
      const text = texts[from + index];
      const at = slot * this.#carried.length + index;
      if (text !== undefined && (this.#carried[index]?.last === true || this.#kept[at] === undefined))
        this.#kept[at] = text;
    }
  }

  /** Tells what is kept of a slot, and forgets it. */
  tell(slot: number): void {
    const { length } = this.#carried;
    for (let at = slot * length; at < (slot + 1) * length; at += 1) {
      this.#taken.push(this.#kept[at]);
      this.#kept[at] = undefined;
    }
  }

  /** What was told. */
  take(): readonly (string | undefined)[] {
    const taken = this.#taken;
    this.#taken = [];
    return taken;
  }
}
