// The short way of a CSV file's plain rows: a row's group is found by the bytes of its cells and the row added up in columns of
// numbers; no text and no object is made for it. What the rows of a stretch have come to is written down on a tape, which
// TallySessions reads into the sessions: in the same thread, or behind one that has tallied another part of the file. What
// is not plain (a number of more than 15 digits, a quote within quotes) is left to the core.

import { isUtf8 } from 'node:buffer';
import { NumberReader, powerOf } from '../core/decimal.ts';
import { type Period, PeriodReader } from '../core/instant.ts';
import type { Plan } from '../core/plan.ts';
import { MOST_RANGES } from '../core/session.ts';
import type { PlainRow } from './csv.ts';

/** What a tally has to know of a plan; may be sent to another thread. */
export type TallyPlan = {
  /** Places of the group's cells. */
  readonly group: readonly number[];
  readonly periods: readonly { readonly place: number; readonly period: Period }[];
  /** Places of the cells that are numbers. */
  readonly fields: readonly number[];
  readonly carried: readonly { readonly place: number; readonly last: boolean }[];
};

/**
 * @returns undefined where the order of a session's records, or other cells of theirs than those that are added up, matter
 */
export function tallyPlanOf({
  group,
  periods,
  aggregates,
  conditions,
  duePlace,
}: Plan): TallyPlan | undefined {
  if (conditions.length > 0 || duePlace !== undefined) return undefined;
  return {
    group: group.map(({ place }) => place),
    periods: periods.map(({ place, period }) => ({ place, period })),
    fields: [...new Set(aggregates.filter(({ numeric }) => numeric).map(({ place }) => place))],
    carried: aggregates.flatMap(({ operation, place }) =>
      operation === 'CARRY_FIRST' || operation === 'CARRY_LAST'
        ? [{ place, last: operation === 'CARRY_LAST' }]
        : [],
    ),
  };
}

/** Entries of a tape, with the numbers that follow each. */
export const ENTRY = {
  /** slot, line: of the first row since the last TOTAL, where the ranges of the slot are told */
  BEGIN: 0,
  /** slot, first line, last line: rows that follow each other */
  RANGE: 1,
  /** slot, rows, first and last line of the last range, 0 where other rows lie in it, then sum, minimum and maximum by field */
  TOTAL: 2,
  /** field, scale: of all that follows */
  SCALE: 3,
  /** index of a row that was left to the core, or is a fault */
  OTHER: 4,
} as const;

/** What a tally hands over. Arrays are its own, and good until it is asked for more. */
export type Handed = {
  readonly tape: Float64Array;
  /** The carried cells of each TOTAL, in the order of `carried`. */
  readonly texts: readonly (string | undefined)[];
  /** Of the slots that are new: the cells of the group, each with END behind it. */
  readonly keys: Uint8Array;
  /** Where the cells of each end. */
  readonly keyEnds: Int32Array;
  /** The periods of each, by their number in `starts`. */
  readonly periods: Int32Array;
  /** The new starts of periods. */
  readonly starts: readonly string[];
};

/** No bytes of UTF-8: what ends each cell of a key, and what stands for one that is missing. */
export const END = 0xff;
export const MISSING = 0xfe;

const COUNT = 0;
const FROM = 1;
const LINE = 2;
/** Ranges that were told since the last TOTAL; TOLD where no more are, GAPS where those would have been more. */
const RANGES = 3;
const FIELDS = 4;
const PER_FIELD = 3;
const TOLD = MOST_RANGES;
const GAPS = TOLD + 1;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const NONE = -1;

type Field = { readonly place: number; scale: number; units: number };

export class Tally {
  /** How many slots may be begun without asking. */
  room = Number.POSITIVE_INFINITY;
  /** By slot: 1 where its session begins no more ranges. */
  full: Uint8Array = new Uint8Array(0);
  readonly #plan: TallyPlan;
  readonly #fields: readonly Field[];
  readonly #periods: readonly { readonly place: number; readonly reader: PeriodReader }[];
  readonly #width: number;
  readonly #reader = new NumberReader();
  readonly #starts = new Map<string, number>();
  readonly #periodIds: Int32Array;
  #slots = 0;
  /** Slot + 1 by hash; 0: none. */
  #table = new Int32Array(1024);
  #hashes = new Int32Array(512);
  #keyEnds = new Int32Array(512);
  #keys = new Uint8Array(16 * 1024);
  #slotPeriods: Int32Array;
  #rows: Float64Array;
  #carried: (string | undefined)[] = [];
  #dirty = new Int32Array(512);
  #dirtyCount = 0;
  /** The row that was refused for want of room, and the hash of its key. */
  #refused: PlainRow | undefined;
  #hash = 0;
  #tape = new Float64Array(16 * 1024);
  #written = 0;
  #texts: (string | undefined)[] = [];
  #handedSlots = 0;
  #handedStarts = 0;

  constructor(plan: TallyPlan) {
    this.#plan = plan;
    this.#fields = plan.fields.map((place) => ({ place, scale: 0, units: 0 }));
    this.#periods = plan.periods.map(({ place, period }) => ({ place, reader: new PeriodReader(period) }));
    this.#width = FIELDS + PER_FIELD * this.#fields.length;
    this.#periodIds = new Int32Array(plan.periods.length);
    this.#slotPeriods = new Int32Array(512 * plan.periods.length);
    this.#rows = new Float64Array(512 * this.#width);
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
    if (slot === NONE) {
      if (this.room <= 0) {
        this.#refused = row;
        return false;
      }
      slot = this.#begin(row);
      if (slot === NONE) return false;
      this.room -= 1;
    }
    this.#addTo(slot, row, line);
    return true;
  }

  /** What has become of the row that was refused last. @param isTaken its session is open: it needs no room */
  answer(isTaken: boolean): void {
    if (isTaken && this.#refused !== undefined) this.#begin(this.#refused);
    this.#refused = undefined;
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
    };
    this.#handedSlots = this.#slots;
    this.#handedStarts = this.#starts.size;
    this.#written = 0;
    this.#texts = [];
    return handed;
  }

  /** Begins a tape that may be read without the ones before. */
  begin(): void {
    for (const index of this.#fields.keys()) this.#writeScale(index);
  }

  #addTo(slot: number, row: PlainRow, line: number): void {
    const at = slot * this.#width;
    if (!this.#fits(at)) this.settle();
    const rows = this.#rows;
    if (rows[at + COUNT] === 0) {
      this.#dirty[this.#dirtyCount] = slot;
      this.#dirtyCount += 1;
      this.#beginRange(slot, at, line);
    } else this.#cover(slot, at, line);
    this.#addFields(at);
    for (let index = 0; index < this.#plan.carried.length; index += 1) this.#carry(slot, index, row);
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

  #beginRange(slot: number, at: number, line: number): void {
    const rows = this.#rows;
    const told = this.full[slot] === 1;
    rows[at + FROM] = line;
    rows[at + LINE] = line;
    rows[at + RANGES] = told ? TOLD : 0;
    if (told) return;
    const to = this.#reserve(3);
    this.#tape[to] = ENTRY.BEGIN;
    this.#tape[to + 1] = slot;
    this.#tape[to + 2] = line;
  }

  #cover(slot: number, at: number, line: number): void {
    const rows = this.#rows;
    const last = rows[at + LINE] as number;
    rows[at + LINE] = line;
    if (line === last + 1) return;
    const ranges = rows[at + RANGES] as number;
    if (ranges >= TOLD) {
      rows[at + RANGES] = GAPS;
      return;
    }
    const to = this.#reserve(4);
    const tape = this.#tape;
    tape[to] = ENTRY.RANGE;
    tape[to + 1] = slot;
    tape[to + 2] = rows[at + FROM] as number;
    tape[to + 3] = last;
    rows[at + FROM] = line;
    rows[at + RANGES] = ranges + 1;
  }

  #carry(slot: number, index: number, { bytes, begins, ends }: PlainRow): void {
    const { place, last } = this.#plan.carried[index] as TallyPlan['carried'][number];
    const at = slot * this.#plan.carried.length + index;
    const begin = begins[place] as number;
    if (begin === NONE || (!last && this.#carried[at] !== undefined)) return;
    this.#carried[at] = bytes.toString('utf8', begin, ends[place]);
  }

  #total(slot: number): void {
    const rows = this.#rows;
    const at = slot * this.#width;
    const fields = this.#width - FIELDS;
    const to = this.#reserve(6 + fields);
    const tape = this.#tape;
    tape[to] = ENTRY.TOTAL;
    tape[to + 1] = slot;
    tape[to + 2] = rows[at + COUNT] as number;
    tape[to + 3] = rows[at + FROM] as number;
    tape[to + 4] = rows[at + LINE] as number;
    tape[to + 5] = rows[at + RANGES] === GAPS ? 0 : 1;
    for (let field = 0; field < fields; field += 1)
      tape[to + 6 + field] = rows[at + FIELDS + field] as number;
    rows[at + COUNT] = 0;
    const { length } = this.#plan.carried;
    for (let index = 0; index < length; index += 1) {
      this.#texts.push(this.#carried[slot * length + index]);
      this.#carried[slot * length + index] = undefined;
    }
  }

  #writeScale(index: number): void {
    const to = this.#reserve(3);
    this.#tape[to] = ENTRY.SCALE;
    this.#tape[to + 1] = index;
    this.#tape[to + 2] = (this.#fields[index] as Field).scale;
  }

  /** Where so many more numbers begin. */
  #reserve(numbers: number): number {
    const at = this.#written;
    this.#written += numbers;
    if (this.#written > this.#tape.length) this.#tape = grown(this.#tape);
    return at;
  }

  /** Reads a number in units of the field's scale; false for what is none, or none that is small. */
  #readField(field: Field, { bytes, begins, ends }: PlainRow): boolean {
    const begin = begins[field.place] as number;
    if (begin === NONE || !this.#reader.readBytes(bytes, begin, ends[field.place] as number)) return false;
    const { units, scale } = this.#reader;
    if (scale > field.scale) {
      this.settle();
      field.scale = scale;
      this.#writeScale(this.#fields.indexOf(field));
    }
    field.units = scale === field.scale ? units : units * powerOf(field.scale - scale);
    return Number.isSafeInteger(field.units);
  }

  /** False where a period's cell is no time. */
  #readPeriods({ bytes, begins, ends }: PlainRow): boolean {
    for (let index = 0; index < this.#periods.length; index += 1) {
      const { place, reader } = this.#periods[index] as { place: number; reader: PeriodReader };
      const begin = begins[place] as number;
      const start = begin === NONE ? undefined : reader.startOf(bytes.toString('latin1', begin, ends[place]));
      if (start === undefined) return false;
      let id = this.#starts.get(start);
      if (id === undefined) {
        id = this.#starts.size;
        this.#starts.set(start, id);
      }
      this.#periodIds[index] = id;
    }
    return true;
  }

  /** The slot of a row's group, or NONE. */
  #find({ bytes, begins, ends }: PlainRow): number {
    let hash = FNV_OFFSET;
    for (const id of this.#periodIds) hash = Math.imul(hash ^ id, FNV_PRIME);
    for (const place of this.#plan.group) {
      const begin = begins[place] as number;
      const end = begin === NONE ? NONE : (ends[place] as number);
      for (let at = begin; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
      hash = Math.imul(hash ^ (begin === NONE ? MISSING : END), FNV_PRIME);
    }
    hash ^= hash >>> 15;
    this.#hash = hash;
    const table = this.#table;
    const mask = table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = (table[at] as number) - 1;
      if (slot === NONE) return NONE;
      if (this.#hashes[slot] === hash && this.#hasKey(slot, bytes, begins, ends)) return slot;
    }
  }

  #hasKey(slot: number, bytes: Buffer, begins: Int32Array, ends: Int32Array): boolean {
    const periods = this.#periodIds;
    for (let index = 0; index < periods.length; index += 1)
      if (this.#slotPeriods[slot * periods.length + index] !== periods[index]) return false;
    const keys = this.#keys;
    let key = slot === 0 ? 0 : (this.#keyEnds[slot - 1] as number);
    for (const place of this.#plan.group) {
      const begin = begins[place] as number;
      const end = ends[place] as number;
      if (begin === NONE) {
        if (keys[key] !== MISSING) return false;
        key += 1;
      } else for (let at = begin; at < end; at += 1, key += 1) if (keys[key] !== bytes[at]) return false;
      if (keys[key] !== END) return false;
      key += 1;
    }
    return true;
  }

  /** Gives the group of a row a slot; NONE where its bytes are not those of one text alone. */
  #begin(row: PlainRow): number {
    const { bytes, begins, ends } = row;
    for (const place of this.#plan.group) {
      const begin = begins[place] as number;
      // What is no UTF-8 becomes U+FFFD, whatever it is.
      if (begin !== NONE && !isUtf8(bytes.subarray(begin, ends[place]))) return NONE;
    }
    const slot = this.#slots;
    this.#slots += 1;
    if (slot === this.#hashes.length) this.#grow();
    this.#hashes[slot] = this.#hash;
    this.#keyEnds[slot] = this.#writeKey(slot === 0 ? 0 : (this.#keyEnds[slot - 1] as number), row);
    this.#slotPeriods.set(this.#periodIds, slot * this.#periodIds.length);
    insert(this.#table, this.#hash, slot);
    return slot;
  }

  #writeKey(from: number, { bytes, begins, ends }: PlainRow): number {
    let at = from;
    for (const place of this.#plan.group) {
      const begin = begins[place] as number;
      const length = begin === NONE ? 1 : (ends[place] as number) - begin;
      while (at + length + 1 > this.#keys.length) this.#keys = grown(this.#keys);
      if (begin === NONE) this.#keys[at] = MISSING;
      else this.#keys.set(bytes.subarray(begin, begin + length), at);
      this.#keys[at + length] = END;
      at += length + 1;
    }
    return at;
  }

  #grow(): void {
    this.#hashes = grown(this.#hashes);
    this.#keyEnds = grown(this.#keyEnds);
    this.#slotPeriods = grown(this.#slotPeriods);
    this.#rows = grown(this.#rows);
    this.#dirty = grown(this.#dirty);
    this.#table = new Int32Array(this.#table.length * 2);
    for (let slot = 0; slot < this.#slots - 1; slot += 1)
      insert(this.#table, this.#hashes[slot] as number, slot);
  }
}

function insert(table: Int32Array, hash: number, slot: number): void {
  const mask = table.length - 1;
  let at = hash & mask;
  while (table[at] !== 0) at = (at + 1) & mask;
  table[at] = slot + 1;
}

function grown<T extends Int32Array | Uint8Array | Float64Array>(values: T): T {
  const larger = new (values.constructor as new (length: number) => T)(values.length * 2);
  larger.set(values);
  return larger;
}
