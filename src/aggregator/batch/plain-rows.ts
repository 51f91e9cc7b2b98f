// The memory that a tally shares with wasm/plain-rows.ts, and the calls into that program. All of it is allocated at once: pages that
// are not touched cost nothing, and memory that grows would detach the arrays.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../runtime/paths.ts';
import { PER_PLACE } from './group-hash.ts';

const PROGRAM = path.join(packageRoot, 'dist/wasm/plain-rows.wasm');
/** Bytes of the file that are copied into the memory at once: no more than a cache holds. */
const WINDOW_BYTES = 256 * 1024;
/** Arrays begin at a cache line, with one between them: the program reads some bytes beyond an end. */
const LINE_BYTES = 64;
const MOST_SLOTS = 2 ** 20;
const MOST_ROW_BYTES = 256 * 1024 * 1024;
const KEY_BYTES = 64 * 1024 * 1024;
const TAPE_LENGTH = 16 * 1024 * 1024;
const PAGE_BYTES = 64 * 1024;
/** As in wasm/plain-rows.ts. */
const BATCH = 64;
const HOURS_BYTES = 4096 * 24;
const TIME_BYTES = 24;
const NONE = -1;
/** Its key's end, `known` and `dirty`; and two places in the table, as much again for the smaller tables before. */
const BYTES_PER_SLOT = 4 + 1 + 4 + 2 * 2 * 4 * PER_PLACE;
const STATE = ['line', 'slots', 'dirty', 'written', 'begun', 'room'] as const;
const LAYOUT_BYTE = 64;
const LAYOUT = [
  'columns',
  'columnPlaces',
  'places',
  'groups',
  'groupPlaces',
  'fields',
  'fieldPlaces',
  'fieldScales',
  'periods',
  'periodPlaces',
  'hours',
  'table',
  'tableBytes',
  'capacity',
  'keys',
  'keysLength',
  'keyEnds',
  'slotPeriods',
  'known',
  'rows',
  'rowBytes',
  'dirty',
  'tape',
  'tapeLength',
  'cells',
  'units',
  'periodIds',
  'ends',
  'hashes',
  'rowSlots',
] as const;

/** What is used of WebAssembly: Node has it, but its types are only among those of browsers. */
type Memory = { readonly buffer: ArrayBuffer };
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

type Program = {
  configure(): void;
  read(from: number, to: number, stop: number): number;
  remember(period: number, from: number, id: number): void;
};
let module: object | undefined;

/** Places of a row's cells: those of its group, its numbers and its times. */
export type PlainPlan = {
  readonly group: readonly number[];
  readonly fields: readonly number[];
  readonly periods: readonly number[];
};
/** The counters that the tally and the program both change. */
export type Counts = {
  line: number;
  slots: number;
  dirty: number;
  written: number;
  begun: number;
  room: number;
};

/** The arrays of a tally, within the memory of WebAssembly. */
export class PlainRows {
  readonly keyEnds: Int32Array;
  readonly slotPeriods: Int32Array;
  readonly known: Uint8Array;
  readonly rows: Float64Array;
  readonly keys: Uint8Array;
  readonly dirty: Int32Array;
  readonly tape: Float64Array;
  readonly #memory: Memory;
  readonly #program: Program;
  readonly #state: Float64Array;
  readonly #layout: Int32Array;
  readonly #scales: Int32Array;
  readonly #window: Uint8Array;
  readonly #hour: Uint8Array;
  #free = LAYOUT_BYTE + 4 * LAYOUT.length;
  /** The bytes of which a part, from #from to #to, is in the window. */
  #bytes: Buffer | undefined;
  #from = 0;
  #to = 0;

  /**
   * @param columns place of the cell by column, -1 for one that is not read
   * @param width numbers of a slot's row
   * @throws {RangeError} where so much memory can't be allocated
   */
  constructor({ group, fields, periods }: PlainPlan, columns: Int32Array, width: number) {
    const places = 1 + Math.max(...columns, ...group, ...fields, ...periods);
    const capacity = Math.min(MOST_SLOTS, 2 ** Math.floor(Math.log2(MOST_ROW_BYTES / (8 * width))));
    this.#memory = memoryOf(
      capacity * (BYTES_PER_SLOT + 8 * width + 4 * periods.length) +
        BATCH * (8 * places + 8 * fields.length + 4 * periods.length) +
        periods.length * HOURS_BYTES,
    );
    const { buffer } = this.#memory;
    module ??= new WebAssembly.Module(readFileSync(PROGRAM));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#program = exports as unknown as Program;
    this.#state = new Float64Array(buffer, 0, STATE.length);
    this.#layout = new Int32Array(buffer, LAYOUT_BYTE, LAYOUT.length);
    const integers = (values: ArrayLike<number>) => {
      const array = this.#integers(values.length);
      array.set(values);
      return array;
    };
    this.#scales = integers(fields.map(() => 0));
    this.#window = new Uint8Array(buffer, this.#take(WINDOW_BYTES), WINDOW_BYTES);
    this.#hour = new Uint8Array(buffer, this.#take(LINE_BYTES), LINE_BYTES);
    this.keyEnds = this.#integers(capacity);
    this.slotPeriods = this.#integers(capacity * periods.length);
    this.known = new Uint8Array(buffer, this.#take(capacity), capacity);
    this.rows = new Float64Array(buffer, this.#take(8 * capacity * width), capacity * width);
    this.keys = new Uint8Array(buffer, this.#take(KEY_BYTES), KEY_BYTES);
    this.dirty = this.#integers(capacity);
    this.tape = new Float64Array(buffer, this.#take(8 * TAPE_LENGTH), TAPE_LENGTH);
    const cells = this.#integers(2 * BATCH * places).fill(NONE);
    this.#lay({
      columns: columns.length,
      columnPlaces: integers(columns).byteOffset,
      places,
      groups: group.length,
      groupPlaces: integers(group).byteOffset,
      fields: fields.length,
      fieldPlaces: integers(fields).byteOffset,
      fieldScales: this.#scales.byteOffset,
      periods: periods.length,
      periodPlaces: integers(periods).byteOffset,
      hours: this.#take(periods.length * HOURS_BYTES),
      keys: this.keys.byteOffset,
      keysLength: KEY_BYTES,
      keyEnds: this.keyEnds.byteOffset,
      slotPeriods: this.slotPeriods.byteOffset,
      known: this.known.byteOffset,
      rows: this.rows.byteOffset,
      rowBytes: 8 * width,
      dirty: this.dirty.byteOffset,
      tape: this.tape.byteOffset,
      tapeLength: TAPE_LENGTH,
      cells: cells.byteOffset,
      units: this.#take(8 * BATCH * fields.length),
      periodIds: this.#take(4 * BATCH * periods.length),
      ends: this.#take(4 * BATCH),
      hashes: this.#take(4 * BATCH),
      rowSlots: this.#take(4 * BATCH),
    });
  }

  /** Replaces the table of slots by an empty one. @param length numbers, PER_PLACE for each place */
  table(length: number): Int32Array {
    const table = this.#integers(length);
    // At most half of the places are taken.
    const capacity = Math.min(this.keyEnds.length, length / PER_PLACE / 2);
    this.#lay({ table: table.byteOffset, tableBytes: 4 * length, capacity });
    return table;
  }

  /** Sets the scale in which a field's numbers are added up. */
  scale(field: number, scale: number): void {
    this.#scales[field] = scale;
  }

  /** Caches the period of a time for all times of its hour. @param from where the time begins, which must be valid @param id of the period */
  remember(period: number, bytes: Buffer, from: number, id: number): void {
    this.#hour.set(bytes.subarray(from, from + TIME_BYTES));
    this.#program.remember(period, this.#hour.byteOffset, id);
  }

  /**
   * Adds up rows, as far as they are plain.
   * @param at where the first one begins
   * @param end rows that begin there or later are not read
   * @param counts is updated
   * @returns where the first row begins that was not added; its line is in `counts`
   */
  read(bytes: Buffer, at: number, end: number, counts: Counts): number {
    const state = this.#state;
    for (const [index, name] of STATE.entries()) state[index] = counts[name];
    let next = at;
    for (let isMore = true; isMore; ) {
      if (bytes !== this.#bytes || next < this.#from || next >= this.#to) this.#move(bytes, next);
      const before = next;
      const window = this.#window.byteOffset;
      const limit = window + Math.min(Math.max(end - this.#from, 0), WINDOW_BYTES);
      next =
        this.#program.read(window + next - this.#from, window + this.#to - this.#from, limit) -
        window +
        this.#from;
      // A row of which only the beginning is in the window is read in the next one.
      isMore = next > before && next > this.#from && next < end && this.#to < bytes.length;
      if (isMore) this.#move(bytes, next);
    }
    for (const [index, name] of STATE.entries()) counts[name] = state[index] as number;
    return next;
  }

  #move(bytes: Buffer, from: number): void {
    this.#bytes = bytes;
    this.#from = from;
    this.#to = Math.min(from + WINDOW_BYTES, bytes.length);
    this.#window.set(bytes.subarray(from, this.#to));
  }

  #lay(places: Partial<Record<(typeof LAYOUT)[number], number>>): void {
    for (const [index, name] of LAYOUT.entries()) {
      const value = places[name];
      if (value !== undefined) this.#layout[index] = value;
    }
    this.#program.configure();
  }

  #integers(length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, this.#take(4 * length), length);
  }

  /** Reserves bytes. @returns where they begin */
  #take(bytes: number): number {
    const at = Math.ceil(this.#free / LINE_BYTES) * LINE_BYTES;
    this.#free = at + bytes + LINE_BYTES;
    return at;
  }
}

/** The memory for the arrays of fixed length and so many more bytes. */
function memoryOf(bytes: number): Memory {
  const fixed = KEY_BYTES + 8 * TAPE_LENGTH + WINDOW_BYTES + 2 * PAGE_BYTES;
  const pages = Math.ceil((fixed + bytes) / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}
