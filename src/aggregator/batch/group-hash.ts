// The hash of a group, and the table in which slots are found by it: both also of wasm/plain-rows/.

/** Numbers of a place in the table; a power of two. */
export const PER_PLACE = 4;

/** A word of MurmurHash3, as in wasm/plain-rows/hash.ts. */
export function mix(hash: number, word: number): number {
  const first = Math.imul(word, 0xcc9e2d51);
  const mixed = hash ^ Math.imul((first << 15) | (first >>> 17), 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** The hash of the cells before, and of one more that lies in bytes. */
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

/** The last step, which spreads what few bits differ. */
export function finished(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}

/** Puts a slot into the table, which has a place left. @param key where it begins, and how long it is */
export function insert(table: Int32Array, slot: number, hash: number, key: number, length: number): void {
  const mask = table.length - 1;
  let at = Math.imul(hash, PER_PLACE) & mask;
  while (table[at] !== 0) at = (at + PER_PLACE) & mask;
  table[at] = slot;
  table[at + 1] = hash;
  table[at + 2] = key;
  table[at + 3] = length;
}
