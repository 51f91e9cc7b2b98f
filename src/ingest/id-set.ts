// Ids as 16 bytes each, many of them in one buffer, and sets of them. A Set of strings takes several times the time and memory:
// each id becomes a string, is hashed and compared, and is far from the others in memory.

import { randomInt } from 'node:crypto';
import { HEX_VALUES } from '../events/hex.ts';

export const ID_BYTES = 16;
const WORDS = 4;

/**
 * Writes an id as 16 bytes; Buffer.write takes twice as long.
 * @param hex 32 lower-case hex digits
 */
export function packId(hex: string, into: Uint8Array, at: number): void {
  for (let byte = 0; byte < ID_BYTES; byte += 1) {
    const high = HEX_VALUES[hex.charCodeAt(2 * byte)] ?? 0;
    into[at + byte] = (high << 4) | (HEX_VALUES[hex.charCodeAt(2 * byte + 1)] ?? 0);
  }
}

/** A set of packed ids: a hash table with open addressing. */
export class IdSet {
  #words: Int32Array;
  /** A hash shifted right by this is a place of the table. */
  #shift: number;
  #size = 0;
  /** The id of all zeros, which would look like a free place in the table. */
  #hasZero = false;

  /** @param expected the number of ids that it holds without growing */
  constructor(expected = 32) {
    const bits = Math.ceil(Math.log2(2 * Math.max(expected, 1)));
    this.#words = new Int32Array(WORDS * 2 ** bits);
    this.#shift = 32 - bits;
  }

  get size(): number {
    return this.#size;
  }

  /** @param at where in `bytes` the id begins */
  has(bytes: Uint8Array, at: number): boolean {
    const place = this.#place(
      word(bytes, at),
      word(bytes, at + 4),
      word(bytes, at + 8),
      word(bytes, at + 12),
    );
    return place === undefined ? this.#hasZero : !this.#isFree(place);
  }

  /**
   * Adds an id; false where it is there already.
   * @param at where in `bytes` the id begins
   */
  add(bytes: Uint8Array, at: number): boolean {
    return this.#add(word(bytes, at), word(bytes, at + 4), word(bytes, at + 8), word(bytes, at + 12));
  }

  #add(a: number, b: number, c: number, d: number): boolean {
    const place = this.#place(a, b, c, d);
    if (place === undefined ? this.#hasZero : !this.#isFree(place)) return false;
    this.#size += 1;
    if (place === undefined) this.#hasZero = true;
    else {
      const words = this.#words;
      words[place] = a;
      words[place + 1] = b;
      words[place + 2] = c;
      words[place + 3] = d;
      if (this.#size * 2 * WORDS > words.length) this.#grow();
    }
    return true;
  }

  /** The place of the id, or the free place where it would be; undefined for the id of all zeros. */
  #place(a: number, b: number, c: number, d: number): number | undefined {
    if ((a | b | c | d) === 0) return undefined;
    const words = this.#words;
    const last = words.length - WORDS;
    for (let at = (hash(a, b, c, d) >>> this.#shift) * WORDS; ; at = (at + WORDS) & last) {
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return at;
      if (this.#isFree(at)) return at;
    }
  }

  #isFree(place: number): boolean {
    const words = this.#words;
    return words[place] === 0 && words[place + 1] === 0 && words[place + 2] === 0 && words[place + 3] === 0;
  }

  #grow(): void {
    const words = this.#words;
    this.#words = new Int32Array(words.length * 2);
    this.#shift -= 1;
    this.#size = this.#hasZero ? 1 : 0;
    for (let at = 0; at < words.length; at += WORDS) {
      const [a = 0, b = 0, c = 0, d = 0] = words.subarray(at, at + WORDS);
      if ((a | b | c | d) !== 0) this.#add(a, b, c, d);
    }
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)
  );
}

/** Random keys, so that a client can't choose ids that all hash to one place. */
const KEYS = Int32Array.from({ length: WORDS }, () => randomInt(2 ** 31) * 2 + 1);
const [K0 = 1, K1 = 1, K2 = 1, K3 = 1] = KEYS;

/** A sum of products with those keys, whose upper bits depend on the whole id. */
function hash(a: number, b: number, c: number, d: number): number {
  return Math.imul(a, K0) + Math.imul(b, K1) + Math.imul(c, K2) + Math.imul(d, K3);
}
