// Merges what another tally, that of a thread, hands over: its slots become slots of this one, as if its rows had been added here.

import type { GroupSlots } from './group-slots.ts';
import { grown } from './plain-memory.ts';
import type { SlotSums } from './slot-sums.ts';
import { ENTRY, type Handed, KNOWN } from './tape.ts';

const FIRST_LENGTH = 512;

export class ForeignSlots {
  readonly #groups: GroupSlots;
  readonly #sums: SlotSums;
  /** By slot of the other tally, that of this one. */
  #slots: Int32Array = new Int32Array(FIRST_LENGTH);
  #count = 0;
  /** By number of a period's start in the other tally, that in this one. */
  readonly #periods: number[] = [];

  constructor(groups: GroupSlots, sums: SlotSums) {
    this.#groups = groups;
    this.#sums = sums;
  }

  /** Maps the slots that the other tally has begun; must be called for everything that it hands over, in that order. */
  learn({ keys, keyEnds, periods, starts }: Handed): void {
    for (const start of starts) this.#periods.push(this.#groups.startId(start));
    const bytes = Buffer.from(keys.buffer, keys.byteOffset, keys.length);
    const ids = this.#groups.periodIds;
    for (let index = 0; index < keyEnds.length; index += 1) {
      for (let at = 0; at < ids.length; at += 1)
        ids[at] = this.#periods[periods[index * ids.length + at] as number] as number;
      const from = index === 0 ? 0 : (keyEnds[index - 1] as number);
      if (this.#count === this.#slots.length) this.#slots = grown(this.#slots);
      this.#slots[this.#count] = this.#groups.slotOfKey(bytes, from, keyEnds[index] as number);
      this.#count += 1;
    }
  }

  /** By slot of the other tally: 1 where the session needs no more ranges. */
  told(): Uint8Array {
    const told = new Uint8Array(this.#count);
    for (let at = 0; at < this.#count; at += 1)
      if (this.#sums.isTold(this.#slots[at] as number)) told[at] = 1;
    return told;
  }

  /**
   * Whether what the other tally has handed over can be merged: it opens no more sessions than there is room for, and all its numbers
   * stay exact in the scales of this one.
   * @param others rows that are left to the core, each of which may open a session
   */
  fits({ tape, begun, scales }: Handed, others: number): boolean {
    const { known, room } = this.#sums;
    // The totals of the tape usually decide it without a walk through it.
    if (begun + others <= room && scales !== undefined && this.#sums.haveScales(scales)) return true;
    let opened = others;
    for (let at = 0; at < tape.length; at += this.#sums.lengthAt(tape, at)) {
      const entry = tape[at];
      if (entry === ENTRY.BEGIN && known[this.#slots[tape[at + 1] as number] as number] === KNOWN.NOTHING)
        opened += 1;
      else if (entry === ENTRY.TOTAL && !this.#sums.fitsScales(tape, at)) return false;
    }
    return opened <= room;
  }

  /**
   * Merges what the other tally has handed over, behind the rows of this one.
   * @param before number of lines before its first
   * @param onOther called with the index of each row that is left to the core, in the order of the rows
   * @returns the number of rows that were added up
   */
  merge({ tape, texts }: Handed, before: number, onOther: (index: number) => void): number {
    let rows = 0;
    for (let at = 0; at < tape.length; at += this.#sums.lengthAt(tape, at)) {
      const entry = tape[at];
      const number = tape[at + 1] as number;
      if (entry === ENTRY.OTHER) {
        onOther(number);
        continue;
      }
      const slot = this.#slots[number] as number;
      const from = before + (tape[at + 2] as number);
      if (entry === ENTRY.TOTAL) {
        rows += tape[at + 2] as number;
        this.#sums.addTotal(slot, tape, at, before, texts);
      } else if (entry === ENTRY.RANGE) this.#sums.addRange(slot, from, before + (tape[at + 3] as number));
      else this.#sums.touch(slot, from);
    }
    return rows;
  }
}
