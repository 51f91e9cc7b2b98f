// The short way of a CSV file's plain rows: a row's group is found by the bytes of its cells and the row added up in columns of
// numbers; no text and no object is made for it. Most rows are added by WebAssembly (plain-rows.ts), in the same arrays. What rows have
// come to is written on a tape: of a part of the file that another thread has read it is taken into the file's one tally, from there
// into the sessions (TallySessions). What is not plain (a number of more than 15 digits, a quote within quotes) is left to the core.

import { isUtf8 } from 'node:buffer';
import { NumberReader, powerOf } from '../core/decimal.ts';
import { PeriodReader } from '../core/instant.ts';
import { MOST_RANGES } from '../core/session.ts';
import { finished, hashCell, insert, mix, PER_PLACE } from './group-hash.ts';
import { PlainRows } from './plain-rows.ts';
import type { PlainlyTaken, PlainRow } from './reading.ts';
import type { TallyPlan } from './tally-plan.ts';
import {
  END,
  ENTRY,
  type Foreign,
  type Handed,
  KNOWN,
  lengthOf,
  MISSING,
  NUMBERS,
  PER_FIELD,
  PER_TOTAL,
} from './tape.ts';

const COUNT = 0;
const FROM = 1;
const LINE = 2;
/** CLEAN: no rows since the last TOTAL; then one more for each range that was told; TOLD where no more are, GAPS where those
 * would have been more. */
const RANGES = 3;
const FIELDS = 4;
const CLEAN = 0;
const TOLD = MOST_RANGES + 1;
const GAPS = TOLD + 1;
const NONE = -1;
/** A row's numbers fill lines of the cache. */
const PER_LINE = 8;

type Field = { readonly place: number; scale: number; units: number };

export class Tally {
  /** How many sessions may be opened without asking. */
  room = Number.POSITIVE_INFINITY;
  /** By slot: what is KNOWN of its session. */
  known: Uint8Array = new Uint8Array(512);
  readonly #plan: TallyPlan;
  readonly #fields: readonly Field[];
  readonly #periods: readonly { readonly place: number; readonly reader: PeriodReader }[];
  readonly #width: number;
  readonly #reader = new NumberReader();
  readonly #starts = new Map<string, number>();
  readonly #periodIds: Int32Array;
  #slots = 0;
  /** By hash: slot + 1 (0: none), the hash, and where the key begins and how long it is: one look into memory for all. */
  #table: Int32Array = new Int32Array(PER_PLACE * 1024);
  #keyEnds: Int32Array = new Int32Array(512);
  #keys: Uint8Array = new Uint8Array(16 * 1024);
  #slotPeriods: Int32Array;
  #rows: Float64Array;
  #carried: (string | undefined)[] = [];
  #dirty: Int32Array = new Int32Array(512);
  #dirtyCount = 0;
  /** Where the arrays are, as long as WebAssembly adds to them. */
  #plain: PlainRows | undefined;
  #isWithoutPlain: boolean;
  /** The row that was refused for want of room. */
  #refused: PlainRow | undefined;
  #hash = 0;
  readonly #key: PlainRow;
  #tape: Float64Array = new Float64Array(16 * 1024);
  #written = 0;
  #begun = 0;
  #hasScales = true;
  #texts: (string | undefined)[] = [];
  #handedSlots = 0;
  #handedStarts = 0;

  constructor(plan: TallyPlan) {
    this.#plan = plan;
    this.#fields = plan.fields.map((place) => ({ place, scale: 0, units: 0 }));
    this.#periods = plan.periods.map(({ place, period }) => ({ place, reader: new PeriodReader(period) }));
    this.#width = Math.ceil((FIELDS + PER_FIELD * this.#fields.length) / PER_LINE) * PER_LINE;
    this.#isWithoutPlain = plan.carried.length > 0;
    this.#periodIds = new Int32Array(plan.periods.length);
    this.#slotPeriods = new Int32Array(512 * plan.periods.length);
    this.#rows = new Float64Array(512 * this.#width);
    const places = 1 + Math.max(...plan.group);
    this.#key = { bytes: Buffer.alloc(0), begins: new Int32Array(places), ends: new Int32Array(places) };
  }

  /** How many numbers are on the tape. */
  get written(): number {
    return this.#written;
  }

  /** Adds a row. @returns false where it is left to the core */
  add(row: PlainRow, line: number): boolean {
    this.#refused = undefined;
    if (!this.#readPeriods(row)) return false;
    for (const field of this.#fields) if (!this.#readField(field, row)) return false;
    let slot = this.#find(row);
    if (this.room <= 0 && (slot === NONE || this.known[slot] === KNOWN.NOTHING)) {
      this.#refused = row;
      return false;
    }
    if (slot === NONE) slot = this.#begin(row);
    if (slot === NONE) return false;
    this.#addTo(slot, row, line);
    return true;
  }

  /**
   * Adds the rows that begin at a place of some bytes, as many as are plain.
   * @param end rows that begin there are not read
   * @param line of the first one
   * @param columns place of the cell by column, -1 for one that is not read
   * @returns where the first row begins that was not added, and how many were
   */
  addRows(bytes: Buffer, at: number, end: number, line: number, columns: Int32Array): PlainlyTaken {
    const plain = this.#isWithoutPlain ? undefined : (this.#plain ?? this.#moveIn(columns));
    if (plain === undefined) return { next: at, rows: 0 };
    const counts = {
      line,
      slots: this.#slots,
      dirty: this.#dirtyCount,
      written: this.#written,
      begun: this.#begun,
      room: this.room,
    };
    const next = plain.read(bytes, at, end, counts);
    this.#slots = counts.slots;
    this.#dirtyCount = counts.dirty;
    this.#written = counts.written;
    this.#begun = counts.begun;
    this.room = counts.room;
    return { next, rows: counts.line - line };
  }

  /** What has become of the row that was refused last for want of room. @param isTaken its session is open */
  answer(isTaken: boolean): void {
    const slot = isTaken && this.#refused !== undefined ? this.#slotOf(this.#refused) : NONE;
    if (slot !== NONE) this.known[slot] = KNOWN.OPEN;
    this.#refused = undefined;
  }

  /** @param told by slot: 1 where no more of its ranges are told */
  tell(told: Uint8Array): void {
    for (let slot = 0; slot < told.length; slot += 1) if (told[slot] === 1) this.known[slot] = KNOWN.FULL;
  }

  /** Writes the rows since the last time on the tape. */
  settle(): void {
    for (let index = 0; index < this.#dirtyCount; index += 1) this.#total(this.#dirty[index] as number);
    this.#dirtyCount = 0;
  }

  /** Writes a place on the tape: of what is not added up. */
  other(index: number): void {
    const at = this.#reserve(2);
    this.#tape[at] = ENTRY.OTHER;
    this.#tape[at + 1] = index;
  }

  /** Hands over what is on the tape, and begins another. */
  take(): Handed {
    const from = this.#handedSlots;
    const keyFrom = from === 0 ? 0 : (this.#keyEnds[from - 1] as number);
    const keyTo = this.#slots === 0 ? 0 : (this.#keyEnds[this.#slots - 1] as number);
    const periods = this.#periodIds.length;
    const handed = {
      tape: this.#tape.subarray(0, this.#written),
      texts: this.#texts,
      keys: this.#keys.subarray(keyFrom, keyTo),
      keyEnds: this.#keyEnds.subarray(from, this.#slots).map((end) => end - keyFrom),
      periods: this.#slotPeriods.subarray(from * periods, this.#slots * periods),
      starts:
        this.#starts.size === this.#handedStarts ? [] : [...this.#starts.keys()].slice(this.#handedStarts),
      begun: this.#begun,
      scales: this.#hasScales ? this.#fields.map(({ scale }) => scale) : undefined,
    };
    this.#handedSlots = this.#slots;
    this.#handedStarts = this.#starts.size;
    this.#written = 0;
    this.#begun = 0;
    this.#hasScales = true;
    this.#texts = [];
    return handed;
  }

  /** Takes notice of the slots that another tally has begun. */
  learn({ keys, keyEnds, periods, starts }: Handed, of: Foreign): void {
    for (const start of starts) of.periods.push(this.#startId(start));
    const bytes = Buffer.from(keys.buffer, keys.byteOffset, keys.length);
    const ids = this.#periodIds;
    for (let index = 0; index < keyEnds.length; index += 1) {
      for (let at = 0; at < ids.length; at += 1)
        ids[at] = of.periods[periods[index * ids.length + at] as number] as number;
      const from = index === 0 ? 0 : (keyEnds[index - 1] as number);
      if (of.count === of.slots.length) of.slots = grown(of.slots);
      of.slots[of.count] = this.#slotOfKey(bytes, from, keyEnds[index] as number);
      of.count += 1;
    }
  }

  /** By slot of another tally: 1 where no more of the session's ranges are told. */
  toldOf({ slots, count }: Foreign): Uint8Array {
    const told = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) {
      const slot = slots[at] as number;
      const isTold = (this.#rows[slot * this.#width + RANGES] as number) >= TOLD;
      if (isTold || this.known[slot] === KNOWN.FULL) told[at] = 1;
    }
    return told;
  }

  /**
   * Whether what another tally has handed over can be taken in: with no more sessions than there is room for, and all numbers in the
   * scales of this one.
   */
  fits({ tape, begun, scales }: Handed, { slots }: Foreign, others: number): boolean {
    // What is said of the whole tape spares most a look at all of it.
    if (begun + others <= this.room && scales !== undefined && this.#haveScales(scales)) return true;
    let opened = others;
    for (let at = 0; at < tape.length; at += this.#lengthAt(tape, at)) {
      const entry = tape[at];
      if (entry === ENTRY.BEGIN && this.known[slots[tape[at + 1] as number] as number] === KNOWN.NOTHING)
        opened += 1;
      else if (entry === ENTRY.TOTAL && !this.#fitsScales(tape, at)) return false;
    }
    return opened <= this.room;
  }

  /**
   * Takes in what another tally has handed over: its rows come behind those of this one.
   * @param before how many lines come before the first of it
   * @param onOther is given the numbers of other(), once what comes before them is settled
   * @returns how many rows they are
   */
  takeIn({ tape, texts }: Handed, of: Foreign, before: number, onOther: (index: number) => void): number {
    let rows = 0;
    for (let at = 0; at < tape.length; at += this.#lengthAt(tape, at)) {
      const entry = tape[at];
      const number = tape[at + 1] as number;
      if (entry === ENTRY.OTHER) {
        onOther(number);
        continue;
      }
      const slot = of.slots[number] as number;
      const from = before + (tape[at + 2] as number);
      if (entry === ENTRY.TOTAL) {
        rows += tape[at + 2] as number;
        this.#takeTotal(slot, tape, at, before, texts);
      } else if (entry === ENTRY.RANGE) this.#takeRange(slot, from, before + (tape[at + 3] as number), true);
      else this.#touch(slot, from);
    }
    return rows;
  }

  #lengthAt(tape: Float64Array, at: number): number {
    return lengthOf(tape[at] as number, this.#fields.length);
  }

  /** Whether numbers of these scales, one for each field, stay as they are. */
  #haveScales(scales: readonly number[]): boolean {
    return this.#fields.every(({ scale }, index) => scale <= (scales[index] as number));
  }

  #fitsScales(tape: Float64Array, from: number): boolean {
    let at = from + NUMBERS;
    for (const { scale } of this.#fields) {
      const power = powerOf(Math.max(scale - (tape[at] as number), 0));
      for (let number = 1; number < PER_TOTAL; number += 1)
        if (!Number.isSafeInteger((tape[at + number] as number) * power)) return false;
      at += PER_TOTAL;
    }
    return true;
  }

  #takeRange(slot: number, from: number, to: number, isExact: boolean): void {
    const at = slot * this.#width;
    this.#cover(slot, at, from, to);
    if (!isExact) this.#rows[at + RANGES] = GAPS;
  }

  #takeTotal(
    slot: number,
    tape: Float64Array,
    from: number,
    before: number,
    texts: readonly (string | undefined)[],
  ): void {
    const at = slot * this.#width;
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
    this.#takeRange(slot, first, before + (tape[from + 4] as number), tape[from + 5] === 1);
    const text = tape[from + 6] as number;
    for (let index = 0; index < this.#plan.carried.length; index += 1)
      this.#keep(slot, index, texts[text + index]);
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

  #addTo(slot: number, row: PlainRow, line: number): void {
    const at = slot * this.#width;
    this.#ready(slot, at, line);
    this.#cover(slot, at, line, line);
    this.#addFields(at);
    for (let index = 0; index < this.#plan.carried.length; index += 1) this.#carry(slot, index, row);
  }

  /** Makes the slot ready for the units of the fields to be added, which begin at a line. */
  #ready(slot: number, at: number, line: number): void {
    if (!this.#fits(at)) this.settle();
    this.#touch(slot, line);
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

  /** Whether the sums stay exact. */
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

  /** Notes that the slot has rows to be told. */
  #touch(slot: number, line: number): void {
    const rows = this.#rows;
    const at = slot * this.#width;
    if (rows[at + RANGES] !== CLEAN) return;
    this.#dirty[this.#dirtyCount] = slot;
    this.#dirtyCount += 1;
    rows[at + FROM] = NONE;
    const known = this.known[slot];
    rows[at + RANGES] = known === KNOWN.FULL ? TOLD : CLEAN + 1;
    if (known === KNOWN.FULL) return;
    if (known === KNOWN.NOTHING) {
      this.known[slot] = KNOWN.OPEN;
      this.room -= 1;
    }
    this.#begun += 1;
    const to = this.#reserve(3);
    this.#tape[to] = ENTRY.BEGIN;
    this.#tape[to + 1] = slot;
    this.#tape[to + 2] = line;
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
    const to = this.#reserve(4);
    const tape = this.#tape;
    tape[to] = ENTRY.RANGE;
    tape[to + 1] = slot;
    tape[to + 2] = first;
    tape[to + 3] = last;
    rows[at + FROM] = from;
    rows[at + RANGES] = ranges + 1;
  }

  #carry(slot: number, index: number, { bytes, begins, ends }: PlainRow): void {
    const { place, last } = this.#plan.carried[index] as TallyPlan['carried'][number];
    const begin = begins[place] as number;
    if (begin === NONE || (!last && this.#carried[slot * this.#plan.carried.length + index] !== undefined))
      return;
    this.#keep(slot, index, bytes.toString('utf8', begin, ends[place]));
  }

  #keep(slot: number, index: number, text: string | undefined): void {
    const at = slot * this.#plan.carried.length + index;
    const isLast = this.#plan.carried[index]?.last === true;
    if (text !== undefined && (isLast || this.#carried[at] === undefined)) this.#carried[at] = text;
  }

  #total(slot: number): void {
    const rows = this.#rows;
    const at = slot * this.#width;
    if (rows[at + FROM] === NONE) {
      // It was touched by what comes only now.
      rows[at + RANGES] = CLEAN;
      return;
    }
    const to = this.#reserve(lengthOf(ENTRY.TOTAL, this.#fields.length));
    const tape = this.#tape;
    tape[to] = ENTRY.TOTAL;
    tape[to + 1] = slot;
    tape[to + 2] = rows[at + COUNT] as number;
    tape[to + 3] = rows[at + FROM] as number;
    tape[to + 4] = rows[at + LINE] as number;
    tape[to + 5] = rows[at + RANGES] === GAPS ? 0 : 1;
    tape[to + 6] = this.#texts.length;
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
    const { length } = this.#plan.carried;
    for (let index = 0; index < length; index += 1) {
      this.#texts.push(this.#carried[slot * length + index]);
      this.#carried[slot * length + index] = undefined;
    }
  }

  /** Where so many more numbers begin. */
  #reserve(numbers: number): number {
    const at = this.#written;
    this.#written += numbers;
    if (this.#written > this.#tape.length) {
      this.#moveOut();
      this.#tape = grown(this.#tape);
    }
    return at;
  }

  /** Reads a number in units of the field's scale; false for what is none, or none that is small. */
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
    if (this.#written > 0) this.#hasScales = false;
    field.scale = scale;
    this.#plain?.scale(this.#fields.indexOf(field), scale);
  }

  /** False where a period's cell is no time. */
  #readPeriods({ bytes, begins, ends }: PlainRow): boolean {
    for (let index = 0; index < this.#periods.length; index += 1) {
      const { place, reader } = this.#periods[index] as { place: number; reader: PeriodReader };
      const begin = begins[place] as number;
      const start = begin === NONE ? undefined : reader.startOf(bytes.toString('latin1', begin, ends[place]));
      if (start === undefined) return false;
      const id = this.#startId(start);
      this.#periodIds[index] = id;
      this.#plain?.remember(index, bytes, begin, id);
    }
    return true;
  }

  #startId(start: string): number {
    let id = this.#starts.get(start);
    if (id === undefined) {
      id = this.#starts.size;
      this.#starts.set(start, id);
    }
    return id;
  }

  /** The slot of a row's group; NONE where its bytes are not those of one text alone. */
  #slotOf(row: PlainRow): number {
    const found = this.#find(row);
    return found === NONE ? this.#begin(row) : found;
  }

  /** The slot of a key that another tally has written, in the periods that are set. */
  #slotOfKey(bytes: Buffer, from: number, to: number): number {
    const row = this.#key;
    row.bytes = bytes;
    let at = from;
    for (const place of this.#plan.group) {
      const end = bytes.indexOf(END, at);
      row.begins[place] = bytes[at] === MISSING ? NONE : at;
      row.ends[place] = end;
      at = end + 1;
    }
    if (at !== to) throw new Error(`received a key of ${to - from} bytes, expected one of ${at - from}`);
    return this.#slotOf(row);
  }

  /** The slot of a row's group, or NONE. */
  #find({ bytes, begins, ends }: PlainRow): number {
    let hash = 0;
    for (const id of this.#periodIds) hash = mix(hash, id);
    for (const place of this.#plan.group) {
      const begin = begins[place] as number;
      hash = begin === NONE ? mix(hash, MISSING) : hashCell(hash, bytes, begin, ends[place] as number);
    }
    hash = finished(hash);
    this.#hash = hash;
    const table = this.#table;
    const mask = table.length - 1;
    for (let at = Math.imul(hash, PER_PLACE) & mask; ; at = (at + PER_PLACE) & mask) {
      const slot = (table[at] as number) - 1;
      if (slot === NONE) return NONE;
      if (table[at + 1] !== hash) continue;
      const from = table[at + 2] as number;
      if (this.#keyEndsAt(slot, from, bytes, begins, ends) === from + (table[at + 3] as number)) return slot;
    }
  }

  /** Where the slot's key would end if it were this one; NONE where it isn't. */
  #keyEndsAt(slot: number, from: number, bytes: Buffer, begins: Int32Array, ends: Int32Array): number {
    const periods = this.#periodIds;
    for (let index = 0; index < periods.length; index += 1)
      if (this.#slotPeriods[slot * periods.length + index] !== periods[index]) return NONE;
    const keys = this.#keys;
    let key = from;
    for (const place of this.#plan.group) {
      const begin = begins[place] as number;
      const end = ends[place] as number;
      if (begin === NONE) {
        if (keys[key] !== MISSING) return NONE;
        key += 1;
      } else for (let at = begin; at < end; at += 1, key += 1) if (keys[key] !== bytes[at]) return NONE;
      if (keys[key] !== END) return NONE;
      key += 1;
    }
    return key;
  }

  /** Gives the group of a row a slot. */
  #begin(row: PlainRow): number {
    const { bytes, begins, ends } = row;
    for (const place of this.#plan.group) {
      const begin = begins[place] as number;
      // What is no UTF-8 becomes U+FFFD, whatever it is.
      if (begin !== NONE && !isUtf8(bytes.subarray(begin, ends[place]))) return NONE;
    }
    const slot = this.#slots;
    this.#slots += 1;
    if (slot === this.#keyEnds.length) this.#grow();
    if (2 * PER_PLACE * slot >= this.#table.length) this.#growTable();
    const from = slot === 0 ? 0 : (this.#keyEnds[slot - 1] as number);
    const to = this.#writeKey(from, row);
    this.#keyEnds[slot] = to;
    this.#slotPeriods.set(this.#periodIds, slot * this.#periodIds.length);
    insert(this.#table, slot + 1, this.#hash, from, to - from);
    return slot;
  }

  #writeKey(from: number, { bytes, begins, ends }: PlainRow): number {
    let at = from;
    for (const place of this.#plan.group) {
      const begin = begins[place] as number;
      const length = begin === NONE ? 1 : (ends[place] as number) - begin;
      while (at + length + 1 > this.#keys.length) {
        this.#moveOut();
        this.#keys = grown(this.#keys);
      }
      if (begin === NONE) this.#keys[at] = MISSING;
      else this.#keys.set(bytes.subarray(begin, begin + length), at);
      this.#keys[at + length] = END;
      at += length + 1;
    }
    return at;
  }

  #grow(): void {
    this.#moveOut();
    this.#keyEnds = grown(this.#keyEnds);
    this.#slotPeriods = grown(this.#slotPeriods);
    this.#rows = grown(this.#rows);
    this.known = grown(this.known);
    this.#dirty = grown(this.#dirty);
  }

  #growTable(): void {
    const length = 2 * this.#table.length;
    this.#fillTable(this.#plain?.table(length) ?? new Int32Array(length));
  }

  #fillTable(larger: Int32Array): void {
    const table = this.#table;
    for (let at = 0; at < table.length; at += PER_PLACE) {
      const slot = table[at] as number;
      if (slot > 0)
        insert(larger, slot, table[at + 1] as number, table[at + 2] as number, table[at + 3] as number);
    }
    this.#table = larger;
  }

  /** Moves the arrays to where WebAssembly adds to them; undefined where there is no room for them. */
  #moveIn(columns: Int32Array): PlainRows | undefined {
    const plain = plainRowsOf(this.#plan, columns, this.#width);
    const arrays = [this.#keyEnds, this.#keys, this.#rows, this.#tape];
    const rooms = plain === undefined ? [] : [plain.keyEnds, plain.keys, plain.rows, plain.tape];
    if (plain === undefined || arrays.some((array, index) => array.length > (rooms[index]?.length ?? 0))) {
      this.#isWithoutPlain = true;
      return undefined;
    }
    this.#keyEnds = moved(this.#keyEnds, plain.keyEnds);
    this.#slotPeriods = moved(this.#slotPeriods, plain.slotPeriods);
    this.known = moved(this.known, plain.known);
    this.#rows = moved(this.#rows, plain.rows);
    this.#keys = moved(this.#keys, plain.keys);
    this.#dirty = moved(this.#dirty, plain.dirty);
    this.#tape = moved(this.#tape, plain.tape);
    this.#fillTable(plain.table(this.#table.length));
    for (const [index, { scale }] of this.#fields.entries()) plain.scale(index, scale);
    this.#plain = plain;
    return plain;
  }

  /** An array is about to be another one: WebAssembly adds to them no more. */
  #moveOut(): void {
    this.#plain = undefined;
    this.#isWithoutPlain = true;
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

function moved<T extends Int32Array | Uint8Array | Float64Array>(values: T, to: T): T {
  to.set(values);
  return to;
}

function grown<T extends Int32Array | Uint8Array | Float64Array>(values: T): T {
  const larger = new (values.constructor as new (length: number) => T)(values.length * 2);
  larger.set(values);
  return larger;
}
