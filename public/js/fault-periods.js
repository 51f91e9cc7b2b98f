// When faults ran (GET /api/faults): charts over time mark these periods, and name them in their legends.

import { address } from './base.js';
import { exact, share as percent, TIME_ZONE } from './dashboard/format.js';

/** While a fault runs its mark grows, and its end may come unheard. */
const LOOK_MS = 3_000;
const MOST_NAMED = 3;

const shortClock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: TIME_ZONE });
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: TIME_ZONE });

/** @typedef {{ source: string, fault: string, share: number | null, from: string, to: string | null }} Row */
/** @typedef {{ name: string, from: number, to: number, runs: boolean }} Period times in milliseconds */

/** @type {Row[]} */
let rows = [];
/** @type {Timer | undefined} */
let clock;

/** @param {Row} row */
const nameOf = ({ fault, share }) =>
  share === null ? fault : `${fault.replaceAll('-', ' ')} ${percent(share, 1)}`;

/**
 * Periods that reach into a range, the latest first.
 * @param {number} from milliseconds
 * @param {number} to as from, exclusive
 * @returns {Period[]}
 */
export function faultsIn(from, to) {
  const now = Date.now();
  return rows
    .map((row) => ({
      name: nameOf(row),
      from: Date.parse(row.from),
      to: row.to === null ? now : Date.parse(row.to),
      runs: row.to === null,
    }))
    .filter((period) => period.from < to && period.to >= from);
}

/** @param {Period} period */
function when({ from, to, runs }) {
  const [begin, end] = [shortClock.format(from), runs ? 'now' : shortClock.format(to)];
  const day = Date.now() - from < 86_400_000 ? '' : `${shortDay.format(from)}, `;
  return begin === end ? `${day}${begin}` : `${day}${begin}–${end}`;
}

/**
 * What a legend says of periods, as one element each.
 * @param {Period[]} periods
 */
export function faultLegend(periods) {
  const named = periods.slice(0, MOST_NAMED).map((period) => `Fault ${when(period)}: ${period.name}`);
  const more = periods.length - named.length;
  return [...named, ...(more > 0 ? [`${exact(more)} earlier faults`] : [])].map((text) => {
    const item = document.createElement('span');
    item.className = 'legend-word for-fault';
    item.textContent = text;
    return item;
  });
}

/**
 * Asks for the periods, now and as long as one runs.
 * @param {() => string} since ISO instant of the first moment that is shown
 * @param {() => void} onChange
 * @returns asks at once: something has changed, or may have unheard
 */
export function watchFaults(since, onChange) {
  const look = async () => {
    clearTimeout(clock);
    try {
      const response = await fetch(address(`/api/faults?from=${since()}`));
      if (response.ok) ({ rows } = await response.json());
      onChange();
    } catch {
      // The shop is away: it is asked again once it is back.
    }
    clearTimeout(clock);
    if (rows.some(({ to }) => to === null) && !document.hidden) clock = setTimeout(look, LOOK_MS);
  };
  return look;
}
