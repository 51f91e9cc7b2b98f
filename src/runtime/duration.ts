// Lengths of time as people write them: 30s, 10m, 2h, 7d, also 1500ms.

import { ExpectationError } from './expectation-error.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A hundred years: a date that the program takes stays one where it is moved by that. */
const LONGEST_MS = 36_525 * 86_400_000;

/** Milliseconds, at most a hundred years. @throws {ExpectationError} naming `what` */
export function parseDuration(what: string, text: string): number {
  const [, digits, unit = ''] = /^\s*(\d{1,13}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)\s*$/.exec(text) ?? [];
  const ms = Math.round(Number(digits) * (UNITS[unit] ?? 1));
  if (ms <= LONGEST_MS) return ms;
  throw new ExpectationError(`${what}: received ${JSON.stringify(text)}, expected a time as 30s, 10m or 2h`);
}
