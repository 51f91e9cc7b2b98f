// Rows of GET /api/faults → the periods that a chart over time shows, and how each is named.

import { share as percent } from './dashboard/numbers.js';

const DAY_MS = 86_400_000;

/** @typedef {{ source: string, fault: string, share: number | null, from: string, to: string | null }} Row */
/** @typedef {{ name: string, from: number, to: number, runs: boolean }} Period times in milliseconds */

/** @param {Row} row */
const nameOf = ({ fault, share }) =>
  share === null ? fault : `${fault.replaceAll('-', ' ')} ${percent(share, 1)}`;

/**
 * Periods that reach into a range, in the order of the rows.
 * @param {readonly Row[]} rows
 * @param {number} from milliseconds
 * @param {number} to as from, exclusive
 * @param {number} now milliseconds; a fault that still runs reaches up to it
 * @returns {Period[]}
 */
export const periodsIn = (rows, from, to, now) =>
  rows
    .map((row) => ({
      name: nameOf(row),
      from: Date.parse(row.from),
      to: row.to === null ? now : Date.parse(row.to),
      runs: row.to === null,
    }))
    .filter((period) => period.from < to && period.to >= from);

/** When a period was: "12:03–12:05", "12:03–now" and the day where it began a day ago or longer. @param {string} timeZone */
export function periodWords(timeZone) {
  const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone });
  const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone });
  /** @param {Period} period  @param {number} now milliseconds */
  return ({ from, to, runs }, now) => {
    const [begin, end] = [clock.format(from), runs ? 'now' : clock.format(to)];
    const day = now - from < DAY_MS ? '' : `${date.format(from)}, `;
    return begin === end ? `${day}${begin}` : `${day}${begin}–${end}`;
  };
}
