// The fast path of a CSV file's plain rows: a row's group is found by the bytes of its cells (GroupSlots), and its numbers are added to
// those of the group (SlotSums), without a string or an object for the row. WebAssembly adds most rows to the same arrays
// (plain-rows.ts). The totals go to a tape. That of a part of the file that another thread has read is merged into the file's own
// tally (ForeignSlots), and from there everything goes to the sessions (TallySessions). A row that is not plain (with a number of
// more than 15 digits, or a doubled quote) is left to the core.

import { ForeignSlots } from './foreign-slots.ts';
import { GroupSlots, NONE } from './group-slots.ts';
import { PlainMemory } from './plain-memory.ts';
import type { PlainlyTaken, PlainRow } from './reading.ts';
import { SlotSums } from './slot-sums.ts';
import type { TallyPlan } from './tally-plan.ts';
import { type Handed, KNOWN, Tape } from './tape.ts';

export class Tally {
  readonly #memory: PlainMemory;
  readonly #groups: GroupSlots;
  readonly #tape: Tape;
  readonly #sums: SlotSums;
  /** The last row, if it was refused as its session may not be opened. */
  #refused: PlainRow | undefined;

  constructor(plan: TallyPlan) {
    this.#memory = new PlainMemory(plan);
    this.#tape = new Tape(this.#memory);
    this.#sums = new SlotSums(plan, this.#memory, this.#tape);
    this.#groups = new GroupSlots(plan, this.#memory, () => this.#sums.grow());
  }

  /** Number of sessions that may still be opened. */
  get room(): number {
    return this.#sums.room;
  }

  set room(room: number) {
    this.#sums.room = room;
  }

  /** By slot, what is KNOWN of its session. */
  get known(): Uint8Array {
    return this.#sums.known;
  }

  /** Numbers on the tape. */
  get written(): number {
    return this.#tape.written;
  }

  /** Adds a row. @param line of the file @returns false where it is left to the core */
  add(row: PlainRow, line: number): boolean {
    this.#refused = undefined;
    if (!this.#groups.readPeriods(row) || !this.#sums.readFields(row)) return false;
    let slot = this.#groups.find(row);
    if (this.#sums.room <= 0 && (slot === NONE || this.#sums.known[slot] === KNOWN.NOTHING)) {
      this.#refused = row;
      return false;
    }
    if (slot === NONE) slot = this.#groups.begin(row);
    if (slot === NONE) return false;
    this.#sums.add(slot, row, line);
    return true;
  }

  /**
   * Adds the rows that begin at a place of some bytes, as far as they are plain.
   * @param end rows that begin there or later are not read
   * @param line of the first one
   * @param columns place of the cell by column, -1 for one that is not read
   * @returns where the first row begins that was not added, and how many were
   */
  addRows(bytes: Buffer, at: number, end: number, line: number, columns: Int32Array): PlainlyTaken {
    const plain = this.#memory.isClosed ? undefined : (this.#memory.rows ?? this.#moveIn(columns));
    if (plain === undefined) return { next: at, rows: 0 };
    const counts = {
      line,
      slots: this.#groups.count,
      dirty: this.#sums.dirtyCount,
      written: this.#tape.written,
      begun: this.#tape.begun,
      room: this.#sums.room,
    };
    const next = plain.read(bytes, at, end, counts);
    this.#groups.count = counts.slots;
    this.#sums.dirtyCount = counts.dirty;
    this.#tape.written = counts.written;
    this.#tape.begun = counts.begun;
    this.#sums.room = counts.room;
    return { next, rows: counts.line - line };
  }

  /** Must be called after the core has had a row that add() refused. @param isTaken whether its session is open now */
  answer(isTaken: boolean): void {
    const slot = isTaken && this.#refused !== undefined ? this.#groups.slotOf(this.#refused) : NONE;
    if (slot !== NONE) this.#sums.known[slot] = KNOWN.OPEN;
    this.#refused = undefined;
  }

  /** Marks sessions that need no more ranges. @param told by slot, 1 for such a session */
  tell(told: Uint8Array): void {
    const { known } = this.#sums;
    for (let slot = 0; slot < told.length; slot += 1) if (told[slot] === 1) known[slot] = KNOWN.FULL;
  }

  /** Writes the totals since the last time to the tape. */
  settle(): void {
    this.#sums.settle();
  }

  /** Writes the index of a row that is not added up to the tape. */
  other(index: number): void {
    this.#tape.other(index);
  }

  /** Hands over what is on the tape, and begins a new one. */
  take(): Handed {
    const { begun, isInOneScale } = this.#tape;
    return {
      ...this.#groups.take(),
      texts: this.#sums.texts.take(),
      begun,
      scales: isInOneScale ? this.#sums.scales : undefined,
      tape: this.#tape.take(),
    };
  }

  /** Makes what merges the totals of another tally into this one. */
  foreign(): ForeignSlots {
    return new ForeignSlots(this.#groups, this.#sums);
  }

  #moveIn(columns: Int32Array): ReturnType<PlainMemory['enter']> {
    const arrays = [this.#groups, this.#sums, this.#tape];
    return this.#memory.enter(columns, this.#sums.width, (rows) => {
      if (!arrays.every((one) => one.fitsIn(rows))) return false;
      for (const one of arrays) one.moveTo(rows);
      return true;
    });
  }
}
