// A row's cells: where they begin and end, looked for in sixteen bytes at a time.

import { cells, columnPlaces, columns, places } from './layout';

const COMMA: u8 = 0x2c;
const QUOTE: u8 = 0x22;
const CR: u8 = 0x0d;
const LF: u8 = 0x0a;
const UNREAD: i32 = -1;

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
export function cut(row: i32, begin: u32, to: u32): u32 {
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
