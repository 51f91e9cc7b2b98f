// When faults ran (GET /api/faults): charts over time mark these periods, and name them in their legends.

import { address } from './base.js';
import { exact, TIME_ZONE } from './dashboard/format.js';
import { periodsIn, periodWords } from './fault-rows.js';

/** While a fault runs its mark grows, and its end may come unheard. */
const LOOK_MS = 3_000;
const MOST_NAMED = 3;

const when = periodWords(TIME_ZONE);

/** @typedef {import('./fault-rows.js').Period} Period */

/** @type {import('./fault-rows.js').Row[]} */
let rows = [];
/** @type {Timer | undefined} */
let clock;

/** Periods that reach into a range, the latest first. @param {number} from milliseconds  @param {number} to as from, exclusive */
export const faultsIn = (from, to) => periodsIn(rows, from, to, Date.now());

/**
 * What a legend says of periods, as one element each.
 * @param {Period[]} periods
 */
export function faultLegend(periods) {
  const named = periods
    .slice(0, MOST_NAMED)
    .map((period) => `Fault ${when(period, Date.now())}: ${period.name}`);
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
 * @returns asks at once, for whoever hears that something has changed, or was not connected for a while
 */
export function watchFaults(since, onChange) {
  let asked = 0;
  const look = async () => {
    const turn = ++asked;
    clearTimeout(clock);
    try {
      const response = await fetch(address(`/api/faults?from=${since()}`));
      const answer = response.ok ? await response.json() : { rows };
      // An earlier question may be answered later, with what is no longer so.
      if (turn !== asked) return;
      ({ rows } = answer);
      onChange();
    } catch {
      // The shop is away: it is asked again once it is back.
    }
    if (turn !== asked) return;
    clearTimeout(clock);
    if (rows.some(({ to }) => to === null) && !document.hidden) clock = setTimeout(look, LOOK_MS);
  };
  return look;
}
