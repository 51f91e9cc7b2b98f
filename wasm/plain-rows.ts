// Plain rows of CSV, added up in the memory of a tally (src/aggregator/batch/tally.ts): it does with them what that does row by row,
// as WebAssembly, which cuts sixteen bytes at a time and is made of this file in AssemblyScript by scripts/wasm.mjs. Rows go through
// each step a batch at a time, so that the waits for the memory of their groups overlap. It stops before a row that is not plain, or
// needs more memory: the tally takes that one itself.

/** Rows of a batch. */
const BATCH: i32 = 64;
/** Where the state is that both sides change: doubles, one behind the other. */
const STATE_LINE: usize = 0;
const STATE_SLOTS: usize = 8;
const STATE_DIRTY: usize = 16;
const STATE_WRITTEN: usize = 24;
const STATE_BEGUN: usize = 32;
const STATE_ROOM: usize = 40;
/** Where the layout is: integers, in the order of LAYOUT in src/aggregator/batch/plain-rows.ts. */
const LAYOUT: usize = 64;

const COMMA: u8 = 0x2c;
const QUOTE: u8 = 0x22;
const CR: u8 = 0x0d;
const LF: u8 = 0x0a;
const ZERO: u32 = 0x30;
const COLON: u8 = 0x3a;
const POINT: u8 = 0x2e;
const MINUS: u8 = 0x2d;
const PLUS: u8 = 0x2b;
const ZULU: u8 = 0x5a;
const END: u8 = 0xff;
const MISSING: u8 = 0xfe;
const UNREAD: i32 = -1;
const NONE: i32 = -1;
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

/** More digits are no double's. */
const SMALL_DIGITS: i32 = 15;
const MOST_UNITS: f64 = 9007199254740991;

/** YYYY-MM-DDTHH:mm:ss.sssZ */
const TIME_LENGTH: u32 = 24;
const HOUR_LENGTH: u32 = 13;
/** Hours that are remembered, by their hash: two overlapping words, and the number of their period. */
const HOURS: u32 = 4096;
const HOUR_BYTES: usize = 24;

let columns: i32 = 0;
let columnPlaces: usize = 0;
let places: i32 = 0;
let groups: i32 = 0;
let groupPlaces: usize = 0;
let fields: i32 = 0;
let fieldPlaces: usize = 0;
let fieldScales: usize = 0;
let periods: i32 = 0;
let periodPlaces: usize = 0;
let hours: usize = 0;
let table: usize = 0;
let tableMask: u32 = 0;
let capacity: i32 = 0;
let keys: usize = 0;
let keysLength: i32 = 0;
let keyEnds: usize = 0;
let slotPeriods: usize = 0;
let known: usize = 0;
let rows: usize = 0;
let rowBytes: usize = 0;
let dirty: usize = 0;
let tape: usize = 0;
let tapeLength: i32 = 0;
/** By row of the batch. */
let cells: usize = 0;
let units: usize = 0;
let periodIds: usize = 0;
let ends: usize = 0;
let hashes: usize = 0;
let rowSlots: usize = 0;

let slots: i32 = 0;
let dirtyCount: i32 = 0;
let written: i32 = 0;
let begun: i32 = 0;
let room: f64 = 0;

/** No arrow function: it would be an object, in memory that is all the tally's. */
function layoutAt(index: usize): i32 {
  return load<i32>(LAYOUT + 4 * index);
}

/** Reads the layout: where things are, and how many. To be called whenever that has changed. */
export function configure(): void {
  columns = layoutAt(0);
  columnPlaces = layoutAt(1);
  places = layoutAt(2);
  groups = layoutAt(3);
  groupPlaces = layoutAt(4);
  fields = layoutAt(5);
  fieldPlaces = layoutAt(6);
  fieldScales = layoutAt(7);
  periods = layoutAt(8);
  periodPlaces = layoutAt(9);
  hours = layoutAt(10);
  table = layoutAt(11);
  tableMask = layoutAt(12) - 1;
  capacity = layoutAt(13);
  keys = layoutAt(14);
  keysLength = layoutAt(15);
  keyEnds = layoutAt(16);
  slotPeriods = layoutAt(17);
  known = layoutAt(18);
  rows = layoutAt(19);
  rowBytes = layoutAt(20);
  dirty = layoutAt(21);
  tape = layoutAt(22);
  tapeLength = layoutAt(23);
  cells = layoutAt(24);
  units = layoutAt(25);
  periodIds = layoutAt(26);
  ends = layoutAt(27);
  hashes = layoutAt(28);
  rowSlots = layoutAt(29);
}

/** Adds rows up. @param stop where rows that begin there are no more read @returns where the first one begins that was not */
export function read(from: u32, to: u32, stop: u32): u32 {
  let line = load<f64>(STATE_LINE);
  slots = <i32>load<f64>(STATE_SLOTS);
  dirtyCount = <i32>load<f64>(STATE_DIRTY);
  written = <i32>load<f64>(STATE_WRITTEN);
  begun = <i32>load<f64>(STATE_BEGUN);
  room = load<f64>(STATE_ROOM);
  let at = from;
  for (let done = BATCH; done === BATCH; ) {
    let count = 0;
    for (let next = at; count < BATCH && next < stop; count += 1) {
      next = cut(count, next, to);
      if (next === 0 || !readRow(count)) break;
      store<u32>(ends + 4 * count, next);
    }
    if (written + MOST_WRITTEN * count > tapeLength) break;
    done = addRows(findSlots(count), line);
    if (done > 0) at = load<u32>(ends + 4 * (done - 1));
    line += done;
  }
  store<f64>(STATE_LINE, line);
  store<f64>(STATE_SLOTS, slots);
  store<f64>(STATE_DIRTY, dirtyCount);
  store<f64>(STATE_WRITTEN, written);
  store<f64>(STATE_BEGUN, begun);
  store<f64>(STATE_ROOM, room);
  return at;
}

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

/** A bit for each of sixteen bytes: those at which a cell may begin or end. */
function special(at: usize): i32 {
  const bytes = v128.load(at);
  return i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(COMMA)), i8x16.eq(bytes, i8x16.splat(LF))),
      i8x16.eq(bytes, i8x16.splat(QUOTE)),
    ),
  );
}

/** Finds the cells of a row that begins here. @returns where the next one does; 0 where it is no plain one, or its end is not here */
function cut(row: i32, begin: u32, to: u32): u32 {
  const first = load<u8>(begin);
  if (first === LF || first === CR) return 0;
  const own = cells + 8 * (places * row);
  let column = 0;
  let cell = begin;
  /** Where the cell's closing quote is. */
  let close: u32 = 0;
  let quoted = false;
  let chunk = begin;
  let mask = special(chunk);
  while (chunk < to) {
    if (mask === 0) {
      chunk += 16;
      mask = special(chunk);
      continue;
    }
    const at = chunk + ctz(mask);
    mask &= mask - 1;
    if (at >= to) return 0;
    const byte = load<u8>(at);
    if (byte === QUOTE) {
      if (quoted) {
        if (at + 2 >= to || !endsCell(at + 1)) return 0;
        close = at;
        quoted = false;
      } else if (at === cell) quoted = true;
      continue;
    }
    if (quoted) {
      if (byte === LF) return 0;
      continue;
    }
    if (column === columns) return 0;
    const place = load<i32>(columnPlaces + 4 * column);
    if (place !== UNREAD) {
      const into = own + 8 * place;
      if (close !== 0) {
        store<u32>(into, cell + 1);
        store<u32>(into + 4, close);
      } else {
        store<u32>(into, cell);
        store<u32>(into + 4, byte === LF && at > cell && load<u8>(at - 1) === CR ? at - 1 : at);
      }
    }
    column += 1;
    if (byte === LF) return column === columns ? at + 1 : 0;
    cell = at + 1;
    close = 0;
  }
  return 0;
}

/** What may stand behind a closing quote. */
function endsCell(at: u32): bool {
  const byte = load<u8>(at);
  return byte === COMMA || byte === LF || (byte === CR && load<u8>(at + 1) === LF);
}

/** Reads the numbers and the periods of a row, and the hash of its group; false where it is not plain. */
function readRow(row: i32): bool {
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
  hash ^= hash >> 16;
  hash *= 0x85ebca6b;
  hash ^= hash >> 13;
  hash *= 0xc2b2ae35;
  store<u32>(hashes + 4 * row, hash ^ (hash >> 16));
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

/** A word of MurmurHash3, as mix() of tally.ts. */
function mix(hash: u32, word: u32): u32 {
  const mixed = rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593;
  return rotl<u32>(hash ^ mixed, 13) * 5 + 0xe6546b64;
}

function hashCell(seed: u32, from: u32, to: u32): u32 {
  let hash = seed;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = mix(hash, load<u32>(at));
  const rest = at === to ? 0 : load<u32>(at) & ((1 << (8 * (to - at))) - 1);
  return mix(hash, rest) ^ (to - from);
}

/** Finds the slots of the batch's groups, and begins those that are new. @returns for how many rows */
function findSlots(count: i32): i32 {
  for (let row = 0; row < count; row += 1) {
    const hash = load<u32>(hashes + 4 * row);
    let slot = NONE;
    for (let at = (hash << 4) & tableMask; ; at = (at + 16) & tableMask) {
      const place = table + at;
      slot = load<i32>(place) - 1;
      if (slot === NONE) {
        slot = beginSlot(row, hash, place);
        break;
      }
      if (load<u32>(place + 4) === hash && hasKey(row, slot, load<i32>(place + 8), load<i32>(place + 12)))
        break;
    }
    if (slot === NONE) return row;
    store<i32>(rowSlots + 4 * row, slot);
  }
  return count;
}

function hasKey(row: i32, slot: i32, from: i32, length: i32): bool {
  for (let period = 0; period < periods; period += 1)
    if (
      load<i32>(slotPeriods + 4 * (periods * slot + period)) !==
      load<i32>(periodIds + 4 * (periods * row + period))
    )
      return false;
  const own = cells + 8 * (places * row);
  const begin = keys + from;
  let key = begin;
  for (let group = 0; group < groups; group += 1) {
    const cell = own + 8 * load<i32>(groupPlaces + 4 * group);
    const from = load<i32>(cell);
    if (from === NONE) {
      if (load<u8>(key) !== MISSING) return false;
      key += 1;
    } else {
      const bytes = load<i32>(cell + 4) - from;
      if (!isSame(from, key, bytes)) return false;
      key += bytes;
    }
    if (load<u8>(key) !== END) return false;
    key += 1;
  }
  return key - begin === length;
}

function isSame(one: usize, other: usize, length: i32): bool {
  let left = length;
  let at: usize = 0;
  for (; left >= 8; left -= 8, at += 8) if (load<u64>(one + at) !== load<u64>(other + at)) return false;
  return left === 0 || (load<u64>(one + at) ^ load<u64>(other + at)) << (64 - 8 * left) === 0;
}

/** Gives the group of a row a slot; NONE where it has other characters than those of ASCII, or there is no room. */
function beginSlot(row: i32, hash: u32, place: usize): i32 {
  if (slots >= capacity) return NONE;
  const own = cells + 8 * (places * row);
  const from = slots === 0 ? 0 : load<i32>(keyEnds + 4 * (slots - 1));
  let key = from;
  for (let group = 0; group < groups; group += 1) {
    const cell = own + 8 * load<i32>(groupPlaces + 4 * group);
    const begin = load<i32>(cell);
    const bytes = begin === NONE ? 1 : load<i32>(cell + 4) - begin;
    if (key + bytes + 1 > keysLength || (begin !== NONE && !isAscii(begin, bytes))) return NONE;
    if (begin === NONE) store<u8>(keys + key, MISSING);
    else memory.copy(keys + key, begin, bytes);
    store<u8>(keys + key + bytes, END);
    key += bytes + 1;
  }
  const slot = slots;
  slots += 1;
  store<i32>(keyEnds + 4 * slot, key);
  memory.copy(slotPeriods + 4 * (periods * slot), periodIds + 4 * (periods * row), 4 * periods);
  store<i32>(place, slot + 1);
  store<u32>(place + 4, hash);
  store<i32>(place + 8, from);
  store<i32>(place + 12, key - from);
  return slot;
}

function isAscii(from: usize, length: i32): bool {
  for (let at = from; at < from + length; at += 1) if (load<u8>(at) >= 0x80) return false;
  return true;
}

/** Adds rows whose slots are found. @param line of the first one @returns how many */
function addRows(count: i32, line: f64): i32 {
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
