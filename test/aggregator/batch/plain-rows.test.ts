// The program of WebAssembly by its memory: what it reads of bytes that come in pieces, and where it stops.

import { expect, it } from 'vitest';
import { PER_PLACE } from '../../../src/aggregator/batch/group-hash.ts';
import { type Counts, PlainRows } from '../../../src/aggregator/batch/plain-rows.ts';
import { END, ENTRY, KNOWN } from '../../../src/aggregator/batch/tape.ts';

const plan = { group: [0], fields: [1], periods: [] };
/** By column: one that is not read, the number, the group. */
const COLUMNS = Int32Array.of(-1, 1, 0);
const WIDTH = 8;
const [COUNT, SUM, LEAST, MOST] = [0, 4, 5, 6];
/** Bytes that are copied into the memory at once. */
const WINDOW = 256 * 1024;

function newRows(slots = 512) {
  const rows = new PlainRows(plan, COLUMNS, WIDTH);
  rows.table(PER_PLACE * 2 * slots);
  const counts: Counts = { line: 2, slots: 0, dirty: 0, written: 0, begun: 0, room: 1_000_000 };
  const read = (text: string | Buffer, at = 0, end = Number.POSITIVE_INFINITY) =>
    rows.read(typeof text === 'string' ? Buffer.from(text) : text, at, end, counts);
  const groups = () =>
    Array.from({ length: counts.slots }, (_, slot) => {
      const from = slot === 0 ? 0 : (rows.keyEnds[slot - 1] ?? 0);
      const key = Buffer.from(rows.keys.subarray(from, rows.keyEnds[slot])).toString('latin1');
      const numbers = [COUNT, SUM, LEAST, MOST].map((at) => rows.rows[slot * WIDTH + at]);
      return [key.replaceAll(String.fromCharCode(END), '|'), ...numbers];
    });
  return { rows, counts, read, groups };
}

it('rows are added up by group, with their number, sum, least and most', () => {
  const { rows, counts, read, groups } = newRows();
  const text = 'x,1,bert\ny,-2,anna\nz,5,bert\n';
  expect(read(text)).toBe(text.length);
  expect(groups()).toEqual([
    ['bert|', 2, 6, 1, 5],
    ['anna|', 1, -2, -2, -2],
  ]);
  expect(counts).toEqual({ line: 5, slots: 2, dirty: 2, written: 3 + 3 + 4, begun: 2, room: 999_998 });
  expect([...rows.dirty.subarray(0, 2)]).toEqual([0, 1]);
  expect([...rows.known.subarray(0, 3)]).toEqual([KNOWN.OPEN, KNOWN.OPEN, KNOWN.NOTHING]);
  // The first row of each group, and the range that ends where another group's row lies between.
  expect([...rows.tape.subarray(0, counts.written)]).toEqual([
    ...[ENTRY.BEGIN, 0, 2],
    ...[ENTRY.BEGIN, 1, 3],
    ...[ENTRY.RANGE, 0, 2, 2],
  ]);
});

it('rows that begin at the end or behind it are not read', () => {
  const { counts, read, groups } = newRows();
  const text = 'x,1,a\nx,2,b\nx,3,c\n';
  expect(read(text, 0, 0)).toBe(0);
  expect(read(text, 6, 12)).toBe(12);
  expect(groups()).toEqual([['b|', 1, 2, 2, 2]]);
  expect(counts.line).toBe(3);
});

it('rows that are longer than the memory for them are read piece by piece, also where a row lies across two', () => {
  const { counts, read, groups } = newRows();
  const row = 'nobody reads this,1,anna\n';
  const rows = Math.ceil((3 * WINDOW) / row.length);
  expect(WINDOW % row.length).not.toBe(0);
  const bytes = Buffer.from(row.repeat(rows));
  expect(read(bytes)).toBe(bytes.length);
  expect([counts.line, groups()]).toEqual([2 + rows, [['anna|', rows, rows, 1, 1]]]);
});

it('rows are read on from where the memory for them ends, but none that begins behind the end', () => {
  const { read, groups } = newRows();
  const row = 'this is not read by anybody,1,a\n';
  expect(WINDOW % row.length).toBe(0);
  const bytes = Buffer.from(row.repeat((2 * WINDOW) / row.length));
  expect(read(bytes, 0, WINDOW)).toBe(WINDOW);
  expect(read(bytes, WINDOW, WINDOW + row.length)).toBe(WINDOW + row.length);
  expect(read(bytes, WINDOW + row.length, 0)).toBe(WINDOW + row.length);
  expect(read(bytes, WINDOW + row.length)).toBe(bytes.length);
  expect(groups()).toEqual([['a|', bytes.length / row.length, bytes.length / row.length, 1, 1]]);
});

it('a row that is longer than the memory for it is left where it begins, and what comes behind it can be read', () => {
  const { read, groups } = newRows();
  const long = `${'x'.repeat(WINDOW + 1)},1,anna\n`;
  const bytes = Buffer.from(`x,1,bert\n${long}x,2,bert\n`);
  expect(read(bytes)).toBe(9);
  expect(read(bytes, 9)).toBe(9);
  expect(read(bytes, 9 + long.length)).toBe(bytes.length);
  expect(groups()).toEqual([['bert|', 2, 3, 1, 2]]);
});

it('other bytes are not taken for those that were read before', () => {
  const { read, groups } = newRows();
  const [one, other] = [Buffer.from('x,1,a\n'), Buffer.from('x,2,b\n')];
  read(one);
  read(other);
  one.write('x,3,c\n');
  // The same bytes, once others were read.
  read(one);
  expect(groups().map(([key]) => key)).toEqual(['a|', 'b|', 'c|']);
});

it('a group for which there is no session left is not added', () => {
  const { counts, read, groups } = newRows();
  counts.room = 1;
  const text = 'x,1,a\nx,2,a\nx,3,b\nx,4,a\n';
  expect(read(text)).toBe(12);
  expect(groups()[0]).toEqual(['a|', 2, 3, 1, 2]);
  expect([counts.line, counts.room]).toEqual([4, 0]);
});

it('a table takes half as many groups as it has places, and a larger one more', () => {
  const { rows, counts, read } = newRows(4);
  const text = Array.from({ length: 8 }, (_, at) => `x,1,g${at}\n`).join('');
  expect(read(text)).toBe(4 * 7);
  expect(counts.slots).toBe(4);
  const known = rows.table(PER_PLACE * 2 * 8);
  expect(known.length).toBe(PER_PLACE * 2 * 8);
  // What is not put into the new table is not found there.
  expect(read(text, 4 * 7)).toBe(text.length);
  expect(counts.slots).toBe(8);
});

it('numbers are taken in the scale of their field, of which none may be longer', () => {
  const { rows, read, groups } = newRows();
  expect(read('x,1.5,a\n')).toBe(0);
  rows.scale(0, 2);
  const text = 'x,1.5,a\nx,2,a\nx,.25,a\nx,0.125,a\n';
  expect(read(text)).toBe(text.indexOf('x,0.125'));
  expect(groups()).toEqual([['a|', 3, 375, 25, 200]]);
});

it('a time is known by its hour once its period is remembered', () => {
  const timed = new PlainRows({ group: [0], fields: [], periods: [1] }, Int32Array.of(0, 1), WIDTH);
  timed.table(PER_PLACE * 2 * 512);
  const counts: Counts = { line: 1, slots: 0, dirty: 0, written: 0, begun: 0, room: 10 };
  const [first, same, next] = [
    'a,2024-01-31T23:00:00.000Z\n',
    'a,2024-01-31T23:59:59.999Z\n',
    'a,2024-02-01T00:00:00.000Z\n',
  ];
  const bytes = Buffer.from(first + same + next);
  const read = (at: number) => timed.read(bytes, at, Number.POSITIVE_INFINITY, counts);
  expect(read(0)).toBe(0);
  timed.remember(0, bytes, 2, 7);
  expect(read(0)).toBe(first.length + same.length);
  timed.remember(0, bytes, first.length + same.length + 2, 8);
  expect(read(first.length + same.length)).toBe(bytes.length);
  expect([counts.slots, [...timed.slotPeriods.subarray(0, 2)]]).toEqual([2, [7, 8]]);
});

it('memory beyond what WebAssembly can have is refused', () => {
  expect(() => new PlainRows(plan, Int32Array.of(0, 1, 10_000_000), WIDTH)).toThrow(RangeError);
});
