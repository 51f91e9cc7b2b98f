// The totals of each slot's rows: their number, their lines, and by field sum, minimum and maximum, all in one array of numbers. They stay
// within the safe integers of a double: before a sum would leave them, all totals go to the tape. WebAssembly adds to the same array
// (wasm/plain-rows/sums.ts).

import { NumberReader, powerOf } from '../core/decimal.ts';
import { MOST_RANGES } from '../core/session.ts';
import { CarriedTexts } from './carried-texts.ts';
import { FIRST_SLOTS, NONE } from './group-slots.ts';
import { grown, moved, type PlainMemory } from './plain-memory.ts';
import type { PlainRows } from './plain-rows.ts';
import type { PlainRow } from './reading.ts';
import type { TallyPlan } from './tally-plan.ts';
import { ENTRY, KNOWN, lengthOf, NUMBERS, PER_FIELD, PER_TOTAL, type Tape } from './tape.ts';

const COUNT = 0;
const FROM = 1;
const LINE = 2;
/** CLEAN: no rows since the last TOTAL; then 1 more than the ranges on the tape; TOLD: no more of them go there; GAPS: and the last one
 * has gaps for that. */
const RANGES = 3;
const FIELDS = 4;
const CLEAN = 0;
const TOLD = MOST_RANGES + 1;
const GAPS = TOLD + 1;
/** The numbers of a slot fill whole cache lines. */
const PER_LINE = 8;

/** A numeric field: the place of its cell, its scale, and the number that is about to be added, as units of 10^-scale. */
type Field = { readonly place: number; scale: number; units: number };

export class SlotSums {
  /** Number of sessions that may still be opened. */
  room = Number.POSITIVE_INFINITY;
  /** By slot, what is KNOWN of its session. */
  known: Uint8Array = new Uint8Array(FIRST_SLOTS);
  /** Number of slots with rows that are not on the tape yet. */
  dirtyCount = 0;
  /** Numbers of a slot. */
  readonly width: number;
  /** The carried cells. */
  readonly texts: CarriedTexts;
  readonly #fields: readonly Field[];
  readonly #memory: PlainMemory;
  readonly #tape: Tape;
  readonly #reader = new NumberReader();
  #rows: Float64Array;
  #dirty: Int32Array = new Int32Array(FIRST_SLOTS);

  constructor(plan: TallyPlan, memory: PlainMemory, tape: Tape) {
    this.#fields = plan.fields.map((place) => ({ place, scale: 0, units: 0 }));
    this.width = Math.ceil((FIELDS + PER_FIELD * this.#fields.length) / PER_LINE) * PER_LINE;
    this.#rows = new Float64Array(FIRST_SLOTS * this.width);
    this.#memory = memory;
    this.#tape = tape;
    this.texts = new CarriedTexts(plan);
  }

  /** The scale of each field. */
  get scales(): readonly number[] {
    return this.#fields.map(({ scale }) => scale);
  }

  /** Reads the numbers of a row; false where a cell is no number, or one that needs the core's exact decimals. */
  readFields(row: PlainRow): boolean {
    for (const field of this.#fields) if (!this.#readField(field, row)) return false;
    return true;
  }

  /** Adds the row whose numbers readFields() has read. */
  add(slot: number, row: PlainRow, line: number): void {
    const at = slot * this.width;
    this.#ready(slot, at, line);
    this.#cover(slot, at, line, line);
    this.#addFields(at);
    this.texts.keepRow(slot, row);
  }

  /** Adds a TOTAL of another tally. @param before number of lines before the other tally's first */
  addTotal(
    slot: number,
    tape: Float64Array,
    from: number,
    before: number,
    texts: readonly (string | undefined)[],
  ): void {
    const at = slot * this.width;
    const first = before + (tape[from + 3] as number);
    let number = from + NUMBERS;
    for (const field of this.#fields) {
      const scale = tape[number] as number;
      this.#raise(field, scale);
      field.units = (tape[number + 1] as number) * powerOf(field.scale - scale);
      number += PER_TOTAL;
    }
    this.#ready(slot, at, first);
    this.#addTotals(at, tape, from);
    this.#cover(slot, at, first, before + (tape[from + 4] as number));
    if (tape[from + 5] !== 1) this.#rows[at + RANGES] = GAPS;
    this.texts.keepTexts(slot, texts, tape[from + 6] as number);
  }

  /** Adds the lines of rows whose numbers come with a later TOTAL. */
  addRange(slot: number, from: number, to: number): void {
    this.#cover(slot, slot * this.width, from, to);
  }

  /** Marks the slot as having rows for the tape. @param line of the first one */
  touch(slot: number, line: number): void {
    const rows = this.#rows;
    const at = slot * this.width;
    if (rows[at + RANGES] !== CLEAN) return;
    this.#dirty[this.dirtyCount] = slot;
    this.dirtyCount += 1;
    rows[at + FROM] = NONE;
    const known = this.known[slot];
    rows[at + RANGES] = known === KNOWN.FULL ? TOLD : CLEAN + 1;
    if (known === KNOWN.FULL) return;
    if (known === KNOWN.NOTHING) {
      this.known[slot] = KNOWN.OPEN;
      this.room -= 1;
    }
    this.#tape.begin(slot, line);
  }

  /** Writes the totals since the last time to the tape. */
  settle(): void {
    for (let index = 0; index < this.dirtyCount; index += 1) this.#total(this.#dirty[index] as number);
    this.dirtyCount = 0;
  }

  /** Whether the slot's session needs no more ranges. */
  isTold(slot: number): boolean {
    return (this.#rows[slot * this.width + RANGES] as number) >= TOLD || this.known[slot] === KNOWN.FULL;
  }

  /** Whether each field has at most the given scale, so that numbers of that scale need not be converted. */
  haveScales(scales: readonly number[]): boolean {
    return this.#fields.every(({ scale }, index) => scale <= (scales[index] as number));
  }

  /** Whether the numbers of another tally's TOTAL are safe integers in the scales of this one. */
  fitsScales(tape: Float64Array, from: number): boolean {
    let at = from + NUMBERS;
    for (const { scale } of this.#fields) {
      const power = powerOf(Math.max(scale - (tape[at] as number), 0));
      for (let number = 1; number < PER_TOTAL; number += 1)
        if (!Number.isSafeInteger((tape[at + number] as number) * power)) return false;
      at += PER_TOTAL;
    }
    return true;
  }

  /** Length of a tape's entry in numbers. */
  lengthAt(tape: Float64Array, at: number): number {
    return lengthOf(tape[at] as number, this.#fields.length);
  }

  /** Makes room for twice as many slots. */
  grow(): void {
    this.#rows = grown(this.#rows);
    this.known = grown(this.known);
    this.#dirty = grown(this.#dirty);
  }

  fitsIn({ rows }: PlainRows): boolean {
    return this.#rows.length <= rows.length;
  }

  moveTo(plain: PlainRows): void {
    this.known = moved(this.known, plain.known);
    this.#rows = moved(this.#rows, plain.rows);
    this.#dirty = moved(this.#dirty, plain.dirty);
    for (const [index, { scale }] of this.#fields.entries()) plain.scale(index, scale);
  }

  /** Prepares the slot for the numbers that are about to be added. @param line of their first row */
  #ready(slot: number, at: number, line: number): void {
    if (!this.#fits(at)) this.settle();
    this.touch(slot, line);
  }

  /** Whether the sums stay safe integers. */
  #fits(at: number): boolean {
    const rows = this.#rows;
    if (rows[at + COUNT] === 0) return true;
    let to = at + FIELDS;
    for (const { units } of this.#fields) {
      if (!Number.isSafeInteger((rows[to] as number) + units)) return false;
      to += PER_FIELD;
    }
    return true;
  }

  #addFields(at: number): void {
    const rows = this.#rows;
    const first = rows[at + COUNT] === 0;
    rows[at + COUNT] = (rows[at + COUNT] as number) + 1;
    let to = at + FIELDS;
    for (const { units } of this.#fields) {
      rows[to] = first ? units : (rows[to] as number) + units;
      if (first || units < (rows[to + 1] as number)) rows[to + 1] = units;
      if (first || units > (rows[to + 2] as number)) rows[to + 2] = units;
      to += PER_FIELD;
    }
  }

  #addTotals(at: number, tape: Float64Array, from: number): void {
    const rows = this.#rows;
    const first = rows[at + COUNT] === 0;
    rows[at + COUNT] = (rows[at + COUNT] as number) + (tape[from + 2] as number);
    let number = from + NUMBERS;
    let to = at + FIELDS;
    for (const { scale, units } of this.#fields) {
      const power = powerOf(scale - (tape[number] as number));
      const least = (tape[number + 2] as number) * power;
      const most = (tape[number + 3] as number) * power;
      rows[to] = first ? units : (rows[to] as number) + units;
      if (first || least < (rows[to + 1] as number)) rows[to + 1] = least;
      if (first || most > (rows[to + 2] as number)) rows[to + 2] = most;
      number += PER_TOTAL;
      to += PER_FIELD;
    }
  }

  #cover(slot: number, at: number, from: number, line: number): void {
    const rows = this.#rows;
    const last = rows[at + LINE] as number;
    const first = rows[at + FROM] as number;
    rows[at + LINE] = line;
    if (first === NONE) rows[at + FROM] = from;
    if (first === NONE || from === last + 1) return;
    const ranges = rows[at + RANGES] as number;
    if (ranges >= TOLD) {
      rows[at + RANGES] = GAPS;
      return;
    }
    this.#tape.range(slot, first, last);
    rows[at + FROM] = from;
    rows[at + RANGES] = ranges + 1;
  }

  #total(slot: number): void {
    const rows = this.#rows;
    const at = slot * this.width;
    if (rows[at + FROM] === NONE) {
      // The rows for which it was touched come after this.
      rows[at + RANGES] = CLEAN;
      return;
    }
    const to = this.#tape.reserve(lengthOf(ENTRY.TOTAL, this.#fields.length));
    const tape = this.#tape.numbers;
    tape[to] = ENTRY.TOTAL;
    tape[to + 1] = slot;
    tape[to + 2] = rows[at + COUNT] as number;
    tape[to + 3] = rows[at + FROM] as number;
    tape[to + 4] = rows[at + LINE] as number;
    tape[to + 5] = rows[at + RANGES] === GAPS ? 0 : 1;
    tape[to + 6] = this.texts.told;
    let number = to + NUMBERS;
    let field = at + FIELDS;
    for (const { scale } of this.#fields) {
      tape[number] = scale;
      for (let index = 0; index < PER_FIELD; index += 1)
        tape[number + 1 + index] = rows[field + index] as number;
      number += PER_TOTAL;
      field += PER_FIELD;
    }
    rows[at + COUNT] = 0;
    rows[at + RANGES] = CLEAN;
    this.texts.tell(slot);
  }

  /** Reads a number in units of the field's scale. */
  #readField(field: Field, { bytes, begins, ends }: PlainRow): boolean {
    const begin = begins[field.place] as number;
    if (begin === NONE || !this.#reader.readBytes(bytes, begin, ends[field.place] as number)) return false;
    const { units, scale } = this.#reader;
    this.#raise(field, scale);
    field.units = scale === field.scale ? units : units * powerOf(field.scale - scale);
    return Number.isSafeInteger(field.units);
  }

  #raise(field: Field, scale: number): void {
    if (scale <= field.scale) return;
    this.settle();
    this.#tape.rescale();
    field.scale = scale;
    this.#memory.rows?.scale(this.#fields.indexOf(field), scale);
  }
}
