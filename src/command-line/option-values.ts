// The text of an option → its value.

import { InvalidArgumentError } from 'commander';
import { parseInstant } from '../aggregator/core/instant.ts';

/** Milliseconds since 1970. @throws {InvalidArgumentError} for what is no ISO 8601 in UTC */
export function instant(text: string): number {
  const time = parseInstant(text);
  if (time === undefined) throw new InvalidArgumentError('Expected YYYY-MM-DDTHH:mm:ss[.sss]Z.');
  return time;
}

/** A whole number from 0. @throws {InvalidArgumentError} for any other text than its digits */
export function wholeNumber(text: string): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('Expected a whole number.');
}

/** The same from `least` to `most`. */
export const wholeNumberFrom =
  (least: number, most: number) =>
  (text: string): number => {
    const number = wholeNumber(text);
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
