// Each shopper has random streams of its own, made of the run's seed, the shopper's number and what the stream is for: a
// shopper more, or another fault, leaves what the others do as it was.

import { hash } from 'node:crypto';
import { type Random, seededRandom } from '../../runtime/seeded-random.ts';

/** A stream for one purpose of one shopper; the same on every machine. */
export function streamOf(seed: number, shopper: number, purpose: string): Random {
  return seededRandom(Number.parseInt(hash('md5', `${seed}/${shopper}/${purpose}`, 'hex').slice(0, 13), 16));
}

/** The digits of each byte: toString(16) takes several times as long. */
const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

const draw32 = (random: Random): number => (random() * 2 ** 32) >>> 0;

/** 8 hex digits of 32 bits. */
const hex32 = (value: number): string =>
  `${HEX[value >>> 24]}${HEX[(value >>> 16) & 255]}${HEX[(value >>> 8) & 255]}${HEX[value & 255]}`;

const word = (random: Random): string => hex32(draw32(random));

/** 32 hex digits. */
export const drawId = (random: Random): string => word(random) + word(random) + word(random) + word(random);

let known = { time: Number.NaN, hex: '' };

/** 12 hex digits. The last one is cached, as consecutive events often have the same time. */
function hexOfTime(time: number): string {
  if (known.time !== time) known = { time, hex: time.toString(16).padStart(12, '0') };
  return known.hex;
}

/**
 * A UUIDv7 (RFC 9562) without dashes, of a given instant.
 * @param time milliseconds since 1970
 */
export function drawOrderId(random: Random, time: number): string {
  const [a, b, c] = [draw32(random), draw32(random), draw32(random)];
  const version = 0x7000 | ((a >>> 16) & 0xfff);
  const variant = 0x8000 | (((a >>> 28) & 3) << 12) | ((a >>> 4) & 0xfff);
  const rest = `${HEX[b >>> 24]}${HEX[(b >>> 16) & 255]}${hex32(c)}`;
  return hexOfTime(time) + hex32(((version << 16) | variant) >>> 0) + rest;
}

/** One of a list, each as likely. */
export function pick<T>(random: Random, list: readonly T[]): T {
  const picked = list[Math.floor(random() * list.length)];
  if (picked === undefined) throw new RangeError('received an empty list, expected something to pick from');
  return picked;
}

/** The index of a weight, drawn in proportion; the last one where rounding leaves none. */
export function pickWeighted(random: Random, weights: readonly number[]): number {
  // Loops by index: this is called for each event, and an iterator takes several times as long.
  let sum = 0;
  for (let index = 0; index < weights.length; index += 1) sum += weights[index] ?? 0;
  let ticket = random() * sum;
  for (let index = 0; index < weights.length; index += 1) {
    ticket -= weights[index] ?? 0;
    if (ticket < 0) return index;
  }
  return weights.length - 1;
}

/** Standard normal: the sum of twelve numbers, which needs no function that engines round differently. */
export function normal(random: Random): number {
  let sum = -6;
  for (let index = 0; index < 12; index += 1) sum += random();
  return sum;
}

/**
 * Log-normal, in whole units.
 * @param mean of the distribution
 * @param sigma of the logarithm
 */
export const logNormal = (random: Random, mean: number, sigma: number): number =>
  Math.round(mean * Math.exp(sigma * normal(random) - (sigma * sigma) / 2));
