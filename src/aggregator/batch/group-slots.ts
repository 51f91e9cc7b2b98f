// Maps the group of a row to its slot: the number of the group, in the order of their first rows. A hash table finds it by the bytes of its
// cells and the periods of its times, without a string. WebAssembly finds and begins slots in the same table
// (wasm/plain-rows/slots.ts).

import { isUtf8 } from 'node:buffer';
import { PeriodReader } from '../core/instant.ts';
import { finished, hashCell, insert, mix, PER_PLACE } from './group-hash.ts';
import { grown, moved, type PlainMemory } from './plain-memory.ts';
import type { PlainRows } from './plain-rows.ts';
import type { PlainRow } from './reading.ts';
import type { TallyPlan } from './tally-plan.ts';
import { END, type Handed, MISSING } from './tape.ts';

/** No slot, and no cell. */
export const NONE = -1;

/** Slots that the first arrays have room for. */
export const FIRST_SLOTS = 512;

export class GroupSlots {
  /** Number of slots. */
  count = 0;
  /** The periods of the row that is looked up, as numbers of their starts. */
  readonly periodIds: Int32Array;
  readonly #group: readonly number[];
  readonly #periods: readonly { readonly place: number; readonly reader: PeriodReader }[];
  readonly #memory: PlainMemory;
  readonly #onGrown: () => void;
  readonly #starts = new Map<string, number>();
  /** Hash table: slot + 1 (0: free), hash, and where the key begins and how long it is, side by side for one access to memory. */
  #table: Int32Array = new Int32Array(PER_PLACE * 2 * FIRST_SLOTS);
  #keyEnds: Int32Array = new Int32Array(FIRST_SLOTS);
  #keys: Uint8Array = new Uint8Array(16 * 1024);
  #slotPeriods: Int32Array;
  #hash = 0;
  readonly #key: PlainRow;
  #handedSlots = 0;
  #handedStarts = 0;

  /** @param onGrown called when there is room for twice as many slots, so that arrays by slot grow too */
  constructor({ group, periods }: TallyPlan, memory: PlainMemory, onGrown: () => void) {
    this.#group = group;
    this.#periods = periods.map(({ place, period }) => ({ place, reader: new PeriodReader(period) }));
    this.#memory = memory;
    this.#onGrown = onGrown;
    this.periodIds = new Int32Array(periods.length);
    this.#slotPeriods = new Int32Array(FIRST_SLOTS * periods.length);
    const places = 1 + Math.max(...group);
    this.#key = { bytes: Buffer.alloc(0), begins: new Int32Array(places), ends: new Int32Array(places) };
  }

  /** Reads the periods of a row into `periodIds`; false where one of their cells is no time. */
  readPeriods({ bytes, begins, ends }: PlainRow): boolean {
    for (let index = 0; index < this.#periods.length; index += 1) {
      const { place, reader } = this.#periods[index] as { place: number; reader: PeriodReader };
      const begin = begins[place] as number;
      const start = begin === NONE ? undefined : reader.startOf(bytes.toString('latin1', begin, ends[place]));
      if (start === undefined) return false;
      const id = this.startId(start);
      this.periodIds[index] = id;
      this.#memory.rows?.remember(index, bytes, begin, id);
    }
    return true;
  }

  /** The number of a period's start, a new one for a new start. */
  startId(start: string): number {
    let id = this.#starts.get(start);
    if (id === undefined) {
      id = this.#starts.size;
      this.#starts.set(start, id);
    }
    return id;
  }

  /** The slot of a row's group in the periods of `periodIds`, begun where there is none; NONE as from begin(). */
  slotOf(row: PlainRow): number {
    const found = this.find(row);
    return found === NONE ? this.begin(row) : found;
  }

  /** The slot of a key that another tally has written, in the periods of `periodIds`. */
  slotOfKey(bytes: Buffer, from: number, to: number): number {
    const row = this.#key;
    row.bytes = bytes;
    let at = from;
    for (const place of this.#group) {
      const end = bytes.indexOf(END, at);
      row.begins[place] = bytes[at] === MISSING ? NONE : at;
      row.ends[place] = end;
      at = end + 1;
    }
    if (at !== to) throw new Error(`received a key of ${to - from} bytes, expected one of ${at - from}`);
    return this.slotOf(row);
  }

  /** The slot of a row's group in the periods of `periodIds`, or NONE. */
  find({ bytes, begins, ends }: PlainRow): number {
    let hash = 0;
    for (const id of this.periodIds) hash = mix(hash, id);
    for (const place of this.#group) {
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

  /** Begins a slot for the group that find() has just not found; NONE where its bytes are not UTF-8. */
  begin(row: PlainRow): number {
    const { bytes, begins, ends } = row;
    for (const place of this.#group) {
      const begin = begins[place] as number;
      // All invalid bytes decode to U+FFFD, so different bytes would be one group.
      if (begin !== NONE && !isUtf8(bytes.subarray(begin, ends[place]))) return NONE;
    }
    const slot = this.count;
    this.count += 1;
    if (slot === this.#keyEnds.length) this.#grow();
    if (2 * PER_PLACE * slot >= this.#table.length) this.#growTable();
    const from = slot === 0 ? 0 : (this.#keyEnds[slot - 1] as number);
    const to = this.#writeKey(from, row);
    this.#keyEnds[slot] = to;
    this.#slotPeriods.set(this.periodIds, slot * this.periodIds.length);
    insert(this.#table, slot + 1, this.#hash, from, to - from);
    return slot;
  }

  /** Hands over the groups and the starts of periods that are new since the last time. */
  take(): Pick<Handed, 'keys' | 'keyEnds' | 'periods' | 'starts'> {
    const from = this.#handedSlots;
    const keyFrom = from === 0 ? 0 : (this.#keyEnds[from - 1] as number);
    const keyTo = this.count === 0 ? 0 : (this.#keyEnds[this.count - 1] as number);
    const periods = this.periodIds.length;
    const taken = {
      keys: this.#keys.subarray(keyFrom, keyTo),
      keyEnds: this.#keyEnds.subarray(from, this.count).map((end) => end - keyFrom),
      periods: this.#slotPeriods.subarray(from * periods, this.count * periods),
      starts:
        this.#starts.size === this.#handedStarts ? [] : [...this.#starts.keys()].slice(this.#handedStarts),
    };
    this.#handedSlots = this.count;
    this.#handedStarts = this.#starts.size;
    return taken;
  }

  fitsIn({ keyEnds, keys }: PlainRows): boolean {
    return this.#keyEnds.length <= keyEnds.length && this.#keys.length <= keys.length;
  }

  moveTo(rows: PlainRows): void {
    this.#keyEnds = moved(this.#keyEnds, rows.keyEnds);
    this.#slotPeriods = moved(this.#slotPeriods, rows.slotPeriods);
    this.#keys = moved(this.#keys, rows.keys);
    this.#fillTable(rows.table(this.#table.length));
  }

  /** Where the slot's key ends if it is that of these cells and periods; NONE where it isn't. */
  #keyEndsAt(slot: number, from: number, bytes: Buffer, begins: Int32Array, ends: Int32Array): number {
    const periods = this.periodIds;
    for (let index = 0; index < periods.length; index += 1)
      if (this.#slotPeriods[slot * periods.length + index] !== periods[index]) return NONE;
    const keys = this.#keys;
    let key = from;
    for (const place of this.#group) {
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

  #writeKey(from: number, { bytes, begins, ends }: PlainRow): number {
    let at = from;
    for (const place of this.#group) {
      const begin = begins[place] as number;
      const length = begin === NONE ? 1 : (ends[place] as number) - begin;
      while (at + length + 1 > this.#keys.length) {
        this.#memory.leave();
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
    this.#memory.leave();
    this.#keyEnds = grown(this.#keyEnds);
    this.#slotPeriods = grown(this.#slotPeriods);
    this.#onGrown();
  }

  #growTable(): void {
    const length = 2 * this.#table.length;
    this.#fillTable(this.#memory.rows?.table(length) ?? new Int32Array(length));
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
}
