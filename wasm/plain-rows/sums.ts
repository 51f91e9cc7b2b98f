// Rows whose slots are found, added up as in src/aggregator/batch/slot-sums.ts, in the same columns and on the same tape.

import {
  dirty,
  fields,
  known,
  MOST_UNITS,
  rowBytes,
  rowSlots,
  rows,
  STATE_BEGUN,
  STATE_DIRTY,
  STATE_ROOM,
  STATE_WRITTEN,
  tape,
  tapeLength,
  units,
} from './layout';

const NO_LINE: f64 = -1;

/** Of a slot's row: bytes from its beginning. */
const COUNT: usize = 0;
const FROM: usize = 8;
const LINE: usize = 16;
const RANGES: usize = 24;
const FIELDS: usize = 32;
const PER_FIELD: usize = 24;
const CLEAN: f64 = 0;
const TOLD: f64 = 9;
const GAPS: f64 = 10;

const BEGIN: f64 = 0;
const RANGE: f64 = 1;
/** Most numbers that a row writes on the tape: a BEGIN and a RANGE. */
const MOST_WRITTEN: i32 = 7;

const KNOWN_NOTHING: u8 = 0;
const KNOWN_OPEN: u8 = 1;
const KNOWN_FULL: u8 = 2;

let dirtyCount: i32 = 0;
let written: i32 = 0;
let begun: i32 = 0;
let room: f64 = 0;

export function loadSums(): void {
  dirtyCount = <i32>load<f64>(STATE_DIRTY);
  written = <i32>load<f64>(STATE_WRITTEN);
  begun = <i32>load<f64>(STATE_BEGUN);
  room = load<f64>(STATE_ROOM);
}

export function storeSums(): void {
  store<f64>(STATE_DIRTY, dirtyCount);
  store<f64>(STATE_WRITTEN, written);
  store<f64>(STATE_BEGUN, begun);
  store<f64>(STATE_ROOM, room);
}

/** Whether what so many rows write has room on the tape. */
export function hasTape(count: i32): bool {
  return written + MOST_WRITTEN * count <= tapeLength;
}

/** Adds rows whose slots are found. @param line of the first one @returns how many */
export function addRows(count: i32, line: f64): i32 {
  for (let row = 0; row < count; row += 1)
    if (!addRow(load<i32>(rowSlots + 4 * row), units + 8 * (fields * row), line + row)) return row;
  return count;
}

/** False where a sum leaves the integers of a double, or for one more session than there is room for. */
function addRow(slot: i32, values: usize, line: f64): bool {
  const own = rows + rowBytes * slot;
  const counted = load<f64>(own + COUNT);
  if (!fits(own, counted, values)) return false;
  let ranges = load<f64>(own + RANGES);
  if (ranges === CLEAN) {
    const isKnown = load<u8>(known + slot);
    if (isKnown === KNOWN_NOTHING && room <= 0) return false;
    touch(slot, isKnown, line);
    ranges = isKnown === KNOWN_FULL ? TOLD : CLEAN + 1;
    store<f64>(own + FROM, line);
  } else if (load<f64>(own + FROM) === NO_LINE) store<f64>(own + FROM, line);
  else if (line !== load<f64>(own + LINE) + 1) {
    if (ranges >= TOLD) ranges = GAPS;
    else {
      write(RANGE, slot, load<f64>(own + FROM));
      write1(load<f64>(own + LINE));
      store<f64>(own + FROM, line);
      ranges += 1;
    }
  }
  store<f64>(own + LINE, line);
  store<f64>(own + RANGES, ranges);
  store<f64>(own + COUNT, counted + 1);
  addFields(own + FIELDS, counted === 0, values);
  return true;
}

function fits(own: usize, counted: f64, values: usize): bool {
  if (counted === 0) return true;
  for (let field = 0; field < fields; field += 1)
    if (Math.abs(load<f64>(own + FIELDS + PER_FIELD * field) + load<f64>(values + 8 * field)) > MOST_UNITS)
      return false;
  return true;
}

function addFields(from: usize, isFirst: bool, values: usize): void {
  let to = from;
  for (let field = 0; field < fields; field += 1, to += PER_FIELD) {
    const value = load<f64>(values + 8 * field);
    store<f64>(to, isFirst ? value : load<f64>(to) + value);
    if (isFirst || value < load<f64>(to + 8)) store<f64>(to + 8, value);
    if (isFirst || value > load<f64>(to + 16)) store<f64>(to + 16, value);
  }
}

function touch(slot: i32, isKnown: u8, line: f64): void {
  store<i32>(dirty + 4 * dirtyCount, slot);
  dirtyCount += 1;
  if (isKnown === KNOWN_FULL) return;
  if (isKnown === KNOWN_NOTHING) {
    store<u8>(known + slot, KNOWN_OPEN);
    room -= 1;
  }
  begun += 1;
  write(BEGIN, slot, line);
}

function write(entry: f64, slot: i32, line: f64): void {
  write1(entry);
  write1(slot);
  write1(line);
}

function write1(number: f64): void {
  store<f64>(tape + 8 * written, number);
  written += 1;
}
