// MurmurHash3 beside its published values, and the table of slots.

import { expect, it } from 'vitest';
import { finished, hashCell, insert, mix, PER_PLACE } from '../../../src/aggregator/batch/group-hash.ts';

const unsigned = (hash: number) => hash >>> 0;

it('words are mixed and finished as MurmurHash3 has it', () => {
  expect(unsigned(finished(0))).toBe(0);
  expect(unsigned(finished(1))).toBe(0x514e28b7);
  expect(unsigned(finished(-1))).toBe(0x81f16f39);
  // Of "test", which is one word of four bytes, by two seeds.
  const word = Buffer.from('test').readInt32LE();
  expect(unsigned(finished(mix(0, word) ^ 4))).toBe(0xba6bd213);
  expect(unsigned(finished(mix(0x9747b28c, word) ^ 4))).toBe(0x704b81dc);
});

/** The hash of cells that lie one behind the other, from a place on. */
function hashOf(cells: readonly string[], offset = 0): number {
  const bytes = Buffer.concat([
    Buffer.alloc(offset, 'x'),
    Buffer.from(cells.join('')),
    Buffer.from('behind'),
  ]);
  let hash = 0;
  let at = offset;
  for (const cell of cells) {
    const to = at + Buffer.byteLength(cell);
    hash = hashCell(hash, bytes, at, to);
    at = to;
  }
  return finished(hash);
}

it('cells have the hash of their bytes, wherever those lie and whatever is around them', () => {
  for (const text of ['', 'a', 'abc', 'abcd', 'abcdefg', 'ü 漢 😀'])
    for (let offset = 0; offset < 5; offset += 1) expect(hashOf([text], offset)).toBe(hashOf([text]));
});

it('cells that differ in a byte, in their length or in where they end have other hashes', () => {
  const all = [
    [''],
    ['', ''],
    ['a'],
    ['a\0'],
    ['a\0\0\0'],
    ['b'],
    ['abcd'],
    ['abcde'],
    ['abcdf'],
    ['bbcde'],
    ['ab', 'c'],
    ['a', 'bc'],
    ['abc'],
    ['', 'abc'],
    ['abc', ''],
  ];
  expect(new Set(all.map((cells) => hashOf(cells))).size).toBe(all.length);
});

/** Slot, hash, and where the key begins and ends, by place. */
const placesOf = (table: Int32Array) =>
  Array.from({ length: table.length / PER_PLACE }, (_, place) => [
    ...table.subarray(place * PER_PLACE, (place + 1) * PER_PLACE),
  ]);

it('a slot is put where its hash says, or at the next place that is free, also around the end', () => {
  const table = new Int32Array(4 * PER_PLACE);
  insert(table, 1, 6, 10, 3);
  insert(table, 2, 3, 13, 4);
  insert(table, 3, 2, 17, 5);
  insert(table, 4, -1, 22, 6);
  expect(placesOf(table)).toEqual([
    [3, 2, 17, 5],
    [4, -1, 22, 6],
    [1, 6, 10, 3],
    [2, 3, 13, 4],
  ]);
});
