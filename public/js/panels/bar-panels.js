// Panels of bars, drawn as the server has said (src/dashboard/panels): their sentence, their bars, and the faults that ran meanwhile.

import { CATEGORY_NAMES, exact, itemName, plural, TIME_ZONE } from '../dashboard/format.js';
import { faultLegend, faultsIn } from '../fault-periods.js';
import { mark } from '../marks.js';
import { drawColumns, drawRows, setText } from './bars.js';

/** @typedef {import('../../../src/dashboard/panels/panel.ts').Bars} Bars */

const shortClock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: TIME_ZONE,
});
const minute = (iso) => shortClock.format(new Date(iso));

/** The panels of bars that are on the page. @type {[string, Bars][]} */
export const barPanels = [
  .../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-panel-bars]')),
].map(({ id, dataset }) => [id, JSON.parse(dataset.panelBars ?? '')]);

export const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);

const part = (name, selector) => document.getElementById(name)?.querySelector(selector);

/** @param {boolean} isEmpty whether there is nothing to show: the panel then says how to make the first event */
export function say(name, words, isEmpty) {
  document.getElementById(name)?.toggleAttribute('data-empty', isEmpty);
  const reading = part(name, '[data-reading]');
  if (reading !== null && reading !== undefined) setText(reading, words);
}

/** The longest bar, and how many are as long. */
function firstOf([first, ...others], words) {
  const ties = others.filter(({ count }) => count === first.count).length;
  return `Most: ${first.name}${ties > 0 ? ` and ${exact(ties)} more, ${words(first.count)} each` : `, ${words(first.count)}`}.`;
}

const NAMES = { product: (row) => CATEGORY_NAMES[row.product], item: (row) => itemName(row.item) };

/** @param {Bars} bars */
function readingOf({ reading, empty }, drawn, total, words) {
  if (total === 0) return empty;
  if (reading === 'first') return firstOf(drawn, words);
  if (reading !== 'newest') return `${words(total)} ${reading.sum}.`;
  const [before, newest] = drawn.slice(-2).map(({ count }) => words(count));
  return `${newest} in this minute, ${before} in the one before.`;
}

/** The faults that ran during a column, by name. */
function faultsOf({ from, to }) {
  const names = faultsIn(Date.parse(from), Date.parse(to)).map(({ name }) => name);
  return [...new Set(names)].join(', ');
}

function nameFaults(name, columns) {
  const words = faultLegend(faultsIn(Date.parse(columns[0].from), Date.parse(columns.at(-1).to)));
  const place = part(name, '[data-faults]');
  if (place.textContent !== words.map(({ textContent }) => textContent).join(''))
    place.replaceChildren(...words);
}

/** What a line says, and to whom can't see its mark and colour, of which category it is. @param {Bars} bars */
function lineOf(bars, row, counted) {
  const name = NAMES[bars.name]?.(row) ?? row[bars.name ?? ''];
  const category = CATEGORY_NAMES[row.product];
  const told = category === undefined || category === name ? name : `${name}, ${category}`;
  return { name, product: row.product, label: `${told}: ${counted}` };
}

/** @param {string} name of the panel  @param {Bars} bars  @param {string} counting what the reader has chosen to see counted */
export function drawBars(name, bars, rows, counting) {
  const count = counting in bars.counts ? counting : Object.keys(bars.counts)[0];
  const [one, many] = bars.counts[count];
  const words = (number) => plural(number, one, many);
  const drawn = rows.map((row) => ({
    of: bars.of.map((field) => row[field]).join('/'),
    count: row[count],
    ...(bars.as === 'columns'
      ? {
          name: minute(row.from),
          late: row.late,
          faults: faultsOf(row),
          label: `From ${minute(row.from)}: ${words(row[count])}`,
        }
      : lineOf(bars, row, words(row[count]))),
  }));
  if (bars.as === 'columns') {
    drawColumns(part(name, '[data-bars]'), drawn);
    nameFaults(name, rows);
  } else drawRows(part(name, '[data-bars]'), drawn, mark);
  const total = sum(drawn, 'count');
  say(name, readingOf(bars, drawn, total, words), total === 0);
}
