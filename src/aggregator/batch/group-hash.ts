// The hash of a group's cells, and the hash table of slots. wasm/plain-rows/ has the same hash and works on the same table.

/** Numbers of a place in the table (slot, hash, key, length); a power of two. */
export const PER_PLACE = 4;

/** Mixes in a word, as MurmurHash3 does. */
export function mix(hash: number, word: number): number {
  const first = Math.imul(word, 0xcc9e2d51);
  const mixed = hash ^ Math.imul((first << 15) | (first >>> 17), 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** Mixes in a cell. @param seed the hash of the cells before */
export function hashCell(seed: number, bytes: Uint8Array, from: number, to: number): number {
  let hash = seed;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = mix(hash, wordOf(bytes, at, 4));
  return mix(hash, wordOf(bytes, at, to - at)) ^ (to - from);
}

function wordOf(bytes: Uint8Array, from: number, length: number): number {
  let word = 0;
  for (let byte = 0; byte < length; byte += 1) word |= (bytes[from + byte] as number) << (8 * byte);
  return word;
}

/** The finalizer of MurmurHash3: every bit of the hash depends on every bit that was mixed in. */
export function finished(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}

/**
 * Puts a slot into the table, which must have a free place: linear probing.
 * @param slot from 1, as 0 is a free place
 * @param key where the group's key begins
 * @param length of the key in bytes
 */
export function insert(table: Int32Array, slot: number, hash: number, key: number, length: number): void {
  const mask = table.length - 1;
  let at = Math.imul(hash, PER_PLACE) & mask;
  while (table[at] !== 0) at = (at + PER_PLACE) & mask;
  table[at] = slot;
  table[at + 1] = hash;
  table[at + 2] = key;
  table[at + 3] = length;
}
