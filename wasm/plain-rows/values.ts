// What a row's cells say: its numbers, in the scales of their fields, and its periods, by the hours that are remembered.

import { finished, hashCell, mix } from './hash';
import {
  cells,
  fieldPlaces,
  fieldScales,
  fields,
  groupPlaces,
  groups,
  hashes,
  hours,
  MISSING,
  MOST_UNITS,
  NONE,
  periodIds,
  periodPlaces,
  periods,
  places,
  units,
} from './layout';

const ZERO: u32 = 0x30;
const COLON: u8 = 0x3a;
const POINT: u8 = 0x2e;
const MINUS: u8 = 0x2d;
const PLUS: u8 = 0x2b;
const ZULU: u8 = 0x5a;

/** More digits are no double's. */
const SMALL_DIGITS: i32 = 15;

/** YYYY-MM-DDTHH:mm:ss.sssZ */
const TIME_LENGTH: u32 = 24;
const HOUR_LENGTH: u32 = 13;
/** Hours that are remembered, by their hash: two overlapping words, and the number of their period. */
const HOURS: u32 = 4096;
const HOUR_BYTES: usize = 24;

/** Keeps the period of an hour. @param from where a time begins in memory that is one */
export function remember(period: i32, from: u32, id: i32): void {
  const hour = hourOf(period, from);
  store<u64>(hour, load<u64>(from));
  store<u64>(hour + 8, load<u64>(from + HOUR_LENGTH - 8));
  store<i32>(hour + 16, id + 1);
}

function hourOf(period: i32, from: u32): usize {
  const mixed = (load<u64>(from) ^ (load<u64>(from + HOUR_LENGTH - 8) * 0x9e3779b97f4a7)) * 0xff51afd7ed559;
  return hours + HOUR_BYTES * (HOURS * period + <u32>(mixed >> 52));
}

/** Reads the numbers and the periods of a row, and the hash of its group; false where it is not plain. */
export function readRow(row: i32): bool {
  const own = cells + 8 * (places * row);
  for (let field = 0; field < fields; field += 1) {
    const cell = own + 8 * load<i32>(fieldPlaces + 4 * field);
    const scale = load<i32>(fieldScales + 4 * field);
    if (!readNumber(load<u32>(cell), load<u32>(cell + 4), scale, units + 8 * (fields * row + field)))
      return false;
  }
  let hash: u32 = 0;
  for (let period = 0; period < periods; period += 1) {
    const cell = own + 8 * load<i32>(periodPlaces + 4 * period);
    const id = periodOf(period, load<u32>(cell), load<u32>(cell + 4));
    if (id === NONE) return false;
    store<i32>(periodIds + 4 * (periods * row + period), id);
    hash = mix(hash, id);
  }
  for (let group = 0; group < groups; group += 1) {
    const cell = own + 8 * load<i32>(groupPlaces + 4 * group);
    const begin = load<i32>(cell);
    hash = begin === NONE ? mix(hash, MISSING) : hashCell(hash, begin, load<u32>(cell + 4));
  }
  store<u32>(hashes + 4 * row, finished(hash));
  return true;
}

function readNumber(from: u32, to: u32, scale: i32, into: usize): bool {
  if (to <= from || to - from > <u32>SMALL_DIGITS + 1) return false;
  const first = load<u8>(from);
  let number: i64 = 0;
  let digits = 0;
  let point: u32 = 0;
  for (let at = first === MINUS || first === PLUS ? from + 1 : from; at < to; at += 1) {
    const byte = load<u8>(at);
    const digit = <u32>byte - ZERO;
    if (digit <= 9) {
      number = number * 10 + digit;
      digits += 1;
    } else if (byte === POINT && point === 0) point = at;
    else return false;
  }
  if (digits === 0 || digits > SMALL_DIGITS) return false;
  const own = point === 0 ? 0 : <i32>(to - 1 - point);
  if (own > scale) return false;
  let value = <f64>number;
  for (let at = own; at < scale; at += 1) value *= 10;
  if (value > MOST_UNITS) return false;
  store<f64>(into, first === MINUS && value !== 0 ? -value : value);
  return true;
}

/** The number of a time's period, where its hour is remembered. */
function periodOf(period: i32, from: u32, to: u32): i32 {
  if (to - from !== TIME_LENGTH) return NONE;
  const hour = hourOf(period, from);
  if (load<u64>(hour) !== load<u64>(from) || load<u64>(hour + 8) !== load<u64>(from + HOUR_LENGTH - 8))
    return NONE;
  const isTime =
    load<u8>(from + 13) === COLON &&
    isSixty(from + 14) &&
    load<u8>(from + 16) === COLON &&
    isSixty(from + 17) &&
    load<u8>(from + 19) === POINT &&
    isDigit(from + 20) &&
    isDigit(from + 21) &&
    isDigit(from + 22) &&
    load<u8>(from + 23) === ZULU;
  return isTime ? load<i32>(hour + 16) - 1 : NONE;
}

function isDigit(at: u32): bool {
  return <u32>load<u8>(at) - ZERO <= 9;
}

function isSixty(at: u32): bool {
  return <u32>load<u8>(at) - ZERO <= 5 && isDigit(at + 1);
}
