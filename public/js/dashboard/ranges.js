// Ranges of days: chosen on a chart, moved at midnight, and what an address says of a choice.

import { dayAfter } from './numbers.js';

/** Days by key. @type {Readonly<Record<string, number>>} */
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -7, PageUp: 7 };

/** The first and the last of the days that are chosen, as numbers of those that are shown. @typedef {readonly [first: number, last: number]} Days */

/** @param {number} value  @param {number} low  @param {number} high */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/**
 * Moves an end of a choice by a key; neither end passes the other.
 * @param {Days} days
 * @param {boolean} isFirst the end that is moved
 * @param {string} key
 * @param {number} shown how many days are
 * @returns {Days | undefined} undefined for another key
 */
export function moved([first, last], isFirst, key, shown) {
  const step = key === 'Home' ? -shown : key === 'End' ? shown : STEPS[key];
  if (step === undefined) return undefined;
  return isFirst ? [clamp(first + step, 0, last), last] : [first, clamp(last + step, first, shown - 1)];
}

/**
 * A range that reached to the end of a day, reaching to the end of the next; undefined for another one.
 * @param {{ from: string, to: string }} range ISO days, `to` excluded
 * @param {string} oldDay ISO
 * @param {string} newDay ISO
 * @param {boolean} isWhole it keeps its beginning, where others keep their length
 */
export const afterMidnight = ({ from, to }, oldDay, newDay, isWhole) =>
  to === dayAfter(oldDay) ? { from: isWhole ? from : dayAfter(from), to: dayAfter(newDay) } : undefined;

/**
 * A query string of those that say something.
 * @param {Readonly<Record<string, string | undefined>>} values
 */
export function query(values) {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) said.set(name, value);
  return said.toString();
}
