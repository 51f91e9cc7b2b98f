// Panels of bars, drawn as the server has said (src/dashboard/panels): their sentence, their bars, and the faults that ran meanwhile.

import { categoryName, exact, itemName, plural, TIME_ZONE } from '../dashboard/format.js';
import { faultLegend, faultsIn } from '../fault-periods.js';
import { mark } from '../marks.js';
import { drawColumns, drawRows, setText } from './bars.js';

/** @typedef {import('../../../src/dashboard/panels/panel.ts').Bars} Bars */

const shortClock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: TIME_ZONE,
});
/** @typedef {import('../../../src/dashboard/live/answer.ts').PanelsAnswer} PanelsAnswer */
/** A bar of any panel: its fields are those that `Bars` names. @typedef {Readonly<Record<string, string | number | null>>} Row */
/** @typedef {{ of: string, name: string, count: number, late?: number, faults?: string, label: string, product?: string | undefined }} Drawn */
/** @typedef {(count: number) => string} Words */

/** @param {string} iso */
const minute = (iso) => shortClock.format(new Date(iso));

/** The panels of bars that are on the page. @type {[string, Bars][]} */
export const barPanels = [
  .../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-panel-bars]')),
].map(({ id, dataset }) => [id, JSON.parse(dataset.panelBars ?? '')]);

/** @template {string} Field  @param {readonly Readonly<Record<Field, number>>[]} rows  @param {Field} field */
export const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);

/** @param {string} name  @param {string} selector */
const part = (name, selector) => document.getElementById(name)?.querySelector(selector);

/**
 * @param {string} name
 * @param {string} words
 * @param {boolean} isEmpty whether there is nothing to show: the panel then says how to make the first event
 */
export function say(name, words, isEmpty) {
  document.getElementById(name)?.toggleAttribute('data-empty', isEmpty);
  const reading = part(name, '[data-reading]');
  if (reading !== null && reading !== undefined) setText(reading, words);
}

/** Says which bar is the longest, and how many more are as long. @param {readonly Drawn[]} bars  @param {Words} words */
function firstOf([first, ...others], words) {
  if (first === undefined) return '';
  const ties = others.filter(({ count }) => count === first.count).length;
  return `Most: ${first.name}${ties > 0 ? ` and ${exact(ties)} more, ${words(first.count)} each` : `, ${words(first.count)}`}.`;
}

/** @type {Readonly<Record<string, (row: Row) => string>>} */
const NAMES = {
  product: (row) => categoryName(String(row.product)),
  item: (row) => itemName(String(row.item)),
};

/** @param {Bars} bars  @param {readonly Drawn[]} drawn  @param {number} total  @param {Words} words */
function readingOf({ reading, empty }, drawn, total, words) {
  if (total === 0) return empty;
  if (reading === 'first') return firstOf(drawn, words);
  if (reading !== 'newest') return `${words(total)} ${reading.sum}.`;
  const [before, newest] = drawn.slice(-2).map(({ count }) => words(count));
  return `${newest} in this minute, ${before} in the one before.`;
}

/** The faults that ran during a column, by name. @param {Row} row */
function faultsOf({ from, to }) {
  const names = faultsIn(Date.parse(String(from)), Date.parse(String(to))).map(({ name }) => name);
  return [...new Set(names)].join(', ');
}

/** @param {string} name of the panel  @param {readonly Row[]} columns */
function nameFaults(name, columns) {
  const [first, last] = [columns[0], columns.at(-1)];
  if (first === undefined || last === undefined) return;
  const words = faultLegend(faultsIn(Date.parse(String(first.from)), Date.parse(String(last.to))));
  const place = part(name, '[data-faults]');
  if (place && place.textContent !== words.map(({ textContent }) => textContent).join(''))
    place.replaceChildren(...words);
}

/**
 * Name and label of a line; the label also names the category, for who can't see its mark and colour.
 * @param {Bars} bars
 * @param {Row} row
 * @param {string} counted
 */
function lineOf(bars, row, counted) {
  const named = bars.name ?? '';
  const name = NAMES[named]?.(row) ?? String(row[named]);
  const product = row.product === undefined ? undefined : String(row.product);
  const category = product === undefined ? name : categoryName(product);
  const told = category === name ? name : `${name}, ${category}`;
  return { name, product, label: `${told}: ${counted}` };
}

/**
 * @param {string} name of the panel
 * @param {Bars} bars
 * @param {readonly Row[]} rows
 * @param {string} counting what the reader has chosen to see counted
 */
export function drawBars(name, bars, rows, counting) {
  const [usual = ''] = Object.keys(bars.counts);
  const count = counting in bars.counts ? counting : usual;
  const [one = '', many] = bars.counts[count] ?? [];
  /** @type {Words} */
  const words = (number) => plural(number, one, many);
  const drawn = rows.map((row) => ({
    of: bars.of.map((field) => row[field]).join('/'),
    count: Number(row[count]),
    ...(bars.as === 'columns'
      ? {
          name: minute(String(row.from)),
          late: Number(row.late ?? 0),
          faults: faultsOf(row),
          label: `From ${minute(String(row.from))}: ${words(Number(row[count]))}`,
        }
      : lineOf(bars, row, words(Number(row[count])))),
  }));
  const place = /** @type {HTMLElement} */ (part(name, '[data-bars]'));
  if (bars.as === 'columns') {
    drawColumns(place, drawn);
    nameFaults(name, rows);
  } else drawRows(place, drawn, mark);
  const total = sum(drawn, 'count');
  say(name, readingOf(bars, drawn, total, words), total === 0);
}
