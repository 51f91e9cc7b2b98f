// The short way of a CSV file's plain rows. A session's first record in a file is taken by the core, as any record is; what
// comes behind it is found by the bytes of its group's cells and added up in columns of numbers: no text and no object is
// made for it. The sums are handed to the session's own accumulators before anything else looks at it. What is not plain
// (a number of more than 15 digits, a quote within quotes, a new group) is left to the core.

import type { Cell } from '../core/cell.ts';
import { NumberReader, powerOf } from '../core/decimal.ts';
import type { Plan } from '../core/plan.ts';
import type { Session } from '../core/session.ts';
import { count, type Outcome, placeOf, type Rec, type State, step } from '../core/step.ts';
import type { PlainRow } from './csv.ts';

/** What a slot has of its records since they were last handed on: how many, the last one's line, whether lines were passed
 * over, then sum, minimum and maximum of each field. */
const COUNT = 0;
const LINE = 1;
const GAP = 2;
const FIELDS = 3;
const PER_FIELD = 3;
/** In place of the last line: the session notes the places of its records itself. */
const NOTED = -1;
/** No byte of UTF-8: ends each cell of a key. */
const END = 0xff;
/** What bytes that are no UTF-8 become: different ones may be one text, so they are left to the core. */
const REPLACED = '\ufffd';
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

type Field = { readonly place: number; scale: number; units: number };
/** What an aggregate takes of a slot. */
type Taken = { readonly aggregate: number; readonly field: number; readonly from: number };

export class Tally {
  readonly #state: State;
  readonly #plan: Plan;
  readonly #record: Rec & { position: number; cells: readonly Cell[] };
  readonly #now: number;
  readonly #group: readonly number[];
  readonly #fields: readonly Field[];
  readonly #taken: readonly Taken[];
  readonly #carried: readonly { readonly aggregate: number; readonly place: number }[];
  readonly #width: number;
  readonly #reader = new NumberReader();
  readonly #starts = new Map<string, number>();
  readonly #periodIds: Int32Array;
  readonly #sessions: Session[] = [];
  /** Slot + 1 by hash; 0: none. */
  #table = new Int32Array(1024);
  #hashes = new Int32Array(512);
  #keyEnds = new Int32Array(512);
  #keys = new Uint8Array(16 * 1024);
  #slotPeriods: Int32Array;
  #rows: Float64Array;
  #dirty = new Int32Array(512);
  #dirtyCount = 0;
  /** The row that was last looked for in vain, and its hash. */
  #missed: PlainRow | undefined;
  #hash = 0;

  /** Whether the order of a session's records and their other cells don't matter under a plan. */
  static serves({ conditions, duePlace }: Plan): boolean {
    return conditions.length === 0 && duePlace === undefined;
  }

  /** @param record of the file that is read; its cells and position are set for each */
  constructor(state: State, record: Rec & { position: number; cells: readonly Cell[] }, now: number) {
    const { plan } = state;
    this.#state = state;
    this.#plan = plan;
    this.#record = record;
    this.#now = now;
    this.#group = plan.group.map(({ place }) => place);
    const numeric = plan.aggregates.filter((one) => one.numeric).map(({ place }) => place);
    this.#fields = [...new Set(numeric)].map((place) => ({ place, scale: 0, units: 0 }));
    this.#taken = plan.aggregates.flatMap(({ numeric: isNumeric, place, operation }, aggregate) => {
      if (!isNumeric) return [];
      const field = this.#fields.findIndex((one) => one.place === place);
      const offset = operation === 'MIN' ? 1 : operation === 'MAX' ? 2 : 0;
      return [{ aggregate, field, from: FIELDS + PER_FIELD * field + offset }];
    });
    this.#carried = plan.aggregates.flatMap(({ operation, place }, aggregate) =>
      operation === 'CARRY_LAST' ? [{ aggregate, place }] : [],
    );
    this.#width = FIELDS + PER_FIELD * this.#fields.length;
    this.#periodIds = new Int32Array(plan.periods.length);
    this.#slotPeriods = new Int32Array(512 * plan.periods.length);
    this.#rows = new Float64Array(512 * this.#width);
  }

  /** Adds a row to its session. @returns false where it is for step() */
  add(row: PlainRow, line: number): boolean {
    this.#missed = undefined;
    if (!this.#readPeriods(row)) return false;
    const slot = this.#find(row);
    if (slot === -1) {
      this.#missed = row;
      return false;
    }
    for (const field of this.#fields) if (!this.#readField(field, row)) return false;
    const at = slot * this.#width;
    if (!this.#fits(at)) this.settle();
    if (this.#rows[at] === 0) {
      this.#dirty[this.#dirtyCount] = slot;
      this.#dirtyCount += 1;
    }
    this.#addFields(at);
    this.#cover(slot, at, line);
    for (const { aggregate, place } of this.#carried) this.#carry(slot, aggregate, place, row);
    return true;
  }

  /** Takes a record that add() has not taken, or that was never asked for. */
  step(cells: readonly Cell[], line: number): Outcome {
    const missed = this.#missed;
    this.#missed = undefined;
    this.settle();
    this.#record.cells = cells;
    this.#record.position = line;
    const outcome = step(this.#state, this.#record, this.#now);
    if (missed !== undefined && !('aside' in outcome)) this.#know(missed, cells);
    return outcome;
  }

  /** Hands everything to the sessions. */
  settle(): void {
    for (let index = 0; index < this.#dirtyCount; index += 1) this.#settle(this.#dirty[index] as number);
    this.#dirtyCount = 0;
  }

  #settle(slot: number): void {
    const session = this.#sessions[slot] as Session;
    const rows = this.#rows;
    const at = slot * this.#width;
    const reader = this.#reader;
    reader.small = true;
    for (const { aggregate, field, from } of this.#taken) {
      reader.units = rows[at + from] as number;
      reader.scale = (this.#fields[field] as Field).scale;
      session.accumulators[aggregate]?.add(undefined, reader);
    }
    const line = rows[at + LINE] as number;
    if (line !== NOTED) session.coverTo(line, rows[at + GAP] === 0);
    count(this.#state, session, rows[at + COUNT] as number, this.#record.at, this.#now);
    rows[at + COUNT] = 0;
    rows[at + GAP] = 0;
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

  #cover(slot: number, at: number, line: number): void {
    const last = this.#rows[at + LINE] as number;
    if (last === NOTED) {
      const session = this.#sessions[slot] as Session;
      const { source } = this.#record;
      session.cover(source, line);
      if (session.endsWith(source)) this.#rows[at + LINE] = line;
      return;
    }
    if (line !== last + 1) this.#rows[at + GAP] = 1;
    this.#rows[at + LINE] = line;
  }

  #carry(slot: number, aggregate: number, place: number, { bytes, begins, ends }: PlainRow): void {
    const begin = begins[place] as number;
    if (begin === -1) return;
    const cell = bytes.toString('utf8', begin, ends[place]);
    (this.#sessions[slot] as Session).accumulators[aggregate]?.add(cell, this.#reader);
  }

  /** Reads a number in units of the field's scale; false for what is none, or none that is small. */
  #readField(field: Field, { bytes, begins, ends }: PlainRow): boolean {
    const begin = begins[field.place] as number;
    if (begin === -1 || !this.#reader.readBytes(bytes, begin, ends[field.place] as number)) return false;
    const { units, scale } = this.#reader;
    if (scale > field.scale) {
      this.settle();
      field.scale = scale;
    }
    field.units = scale === field.scale ? units : units * powerOf(field.scale - scale);
    return Number.isSafeInteger(field.units);
  }

  /** False where a period's cell is no time. */
  #readPeriods({ bytes, begins, ends }: PlainRow): boolean {
    const { periods } = this.#plan;
    for (let index = 0; index < periods.length; index += 1) {
      const { place, reader } = periods[index] as Plan['periods'][number];
      const begin = begins[place] as number;
      const start = begin === -1 ? undefined : reader.startOf(bytes.toString('latin1', begin, ends[place]));
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

  /** The slot of a row's session, or -1. */
  #find({ bytes, begins, ends }: PlainRow): number {
    let hash = FNV_OFFSET;
    for (const id of this.#periodIds) hash = Math.imul(hash ^ id, FNV_PRIME);
    for (const place of this.#group) {
      // A missing column is the same for all of the file.
      const end = ends[place] as number;
      for (let at = begins[place] as number; at < end; at += 1)
        hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
      hash = Math.imul(hash ^ END, FNV_PRIME);
    }
    hash ^= hash >>> 15;
    this.#hash = hash;
    const table = this.#table;
    const mask = table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = (table[at] as number) - 1;
      if (slot === -1) return -1;
      if (this.#hashes[slot] === hash && this.#hasKey(slot, bytes, begins, ends)) return slot;
    }
  }

  #hasKey(slot: number, bytes: Buffer, begins: Int32Array, ends: Int32Array): boolean {
    const periods = this.#periodIds;
    for (let index = 0; index < periods.length; index += 1)
      if (this.#slotPeriods[slot * periods.length + index] !== periods[index]) return false;
    const keys = this.#keys;
    let key = slot === 0 ? 0 : (this.#keyEnds[slot - 1] as number);
    for (const place of this.#group) {
      const end = ends[place] as number;
      for (let at = begins[place] as number; at < end; at += 1, key += 1)
        if (keys[key] !== bytes[at]) return false;
      if (keys[key] !== END) return false;
      key += 1;
    }
    return true;
  }

  /** Gives the session of a row a slot. */
  #know(row: PlainRow, cells: readonly Cell[]): void {
    const place = placeOf(this.#plan, cells);
    if ('message' in place) return;
    if (place.group.some((cell) => typeof cell === 'string' && cell.includes(REPLACED))) return;
    const session = this.#state.open.find(place.group, place.periods);
    // One that an older version has opened keeps that one's aggregates.
    if (session === undefined || session.plan !== this.#plan) return;
    const slot = this.#sessions.push(session) - 1;
    if (slot === this.#hashes.length) this.#grow();
    this.#hashes[slot] = this.#hash;
    this.#keyEnds[slot] = this.#writeKey(slot === 0 ? 0 : (this.#keyEnds[slot - 1] as number), row);
    this.#slotPeriods.set(this.#periodIds, slot * this.#periodIds.length);
    const { source, position } = this.#record;
    this.#rows[slot * this.#width + LINE] = session.endsWith(source) ? position : NOTED;
    insert(this.#table, this.#hash, slot);
  }

  #writeKey(from: number, { bytes, begins, ends }: PlainRow): number {
    let at = from;
    for (const place of this.#group) {
      const begin = begins[place] as number;
      const length = begin === -1 ? 0 : (ends[place] as number) - begin;
      while (at + length + 1 > this.#keys.length) this.#keys = grown(this.#keys);
      for (let index = 0; index < length; index += 1, at += 1)
        this.#keys[at] = bytes[begin + index] as number;
      this.#keys[at] = END;
      at += 1;
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
    for (let slot = 0; slot < this.#sessions.length - 1; slot += 1)
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
