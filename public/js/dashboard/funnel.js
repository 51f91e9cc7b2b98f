// Show → click → order by category and device: a table whose cells are bars, each column on one scale from zero, with
// the share that went on between them. It is its own text alternative.

import { mark, PRODUCTS } from '../marks.js';
import { cell } from './bars.js';
import { categoryName, exact, share, short, span } from './format.js';
import { funnelWords } from './titles.js';

/** @typedef {import('../../../src/dashboard/charts/operations.ts').ChartAnswer<'funnel'>} Answer */
/** @typedef {Answer['rows'][number]} Row */

/** @param {number} count  @param {number} most */
function bar(count, most) {
  const made = cell('td', '', 'funnel-bar');
  const fill = document.createElement('span');
  fill.className = 'bar';
  fill.style.inlineSize = `${most > 0 ? (count / most) * 100 : 0}%`;
  const number = cell('span', short(count), 'number');
  number.title = exact(count);
  made.append(fill, number);
  return made;
}

/** @param {number} part  @param {number} whole */
const rate = (part, whole) => cell('td', share(part, whole) ?? '–', 'funnel-rate');

/**
 * @param {Row & { lines: number }} row
 * @param {Pick<Row, 'shows' | 'clicks' | 'orders'>} most
 * @param {boolean} isFirst
 */
function line(row, most, isFirst) {
  const tr = document.createElement('tr');
  tr.className = `of-${row.product}`;
  if (isFirst) {
    const name = cell('th', '', 'funnel-name');
    name.scope = 'rowgroup';
    name.rowSpan = row.lines;
    name.append(mark(row.product), categoryName(row.product));
    tr.append(name);
  }
  const device = cell('th', row.device, 'funnel-device');
  device.scope = 'row';
  tr.append(device, bar(row.shows, most.shows), rate(row.clicks, row.shows), bar(row.clicks, most.clicks));
  tr.append(rate(row.orders, row.clicks), bar(row.orders, most.orders), rate(row.orders, row.shows));
  return tr;
}

function head() {
  const row = document.createElement('tr');
  const names = [
    'Category',
    'Device',
    '○ Shows',
    'clicked',
    '● Clicks',
    'ordered',
    '◆ Orders',
    'show to order',
  ];
  row.append(
    ...names.map((name, n) => {
      const made = cell('th', name, [3, 5, 7].includes(n) ? 'funnel-rate' : '');
      made.scope = 'col';
      return made;
    }),
  );
  const made = document.createElement('thead');
  made.append(row);
  return made;
}

/**
 * Rows of the asked category and device; both filters are the page's own, as the API answers with all.
 * @param {readonly Row[]} rows
 * @param {Chosen} filters
 */
const chosen = (rows, { product, device }) =>
  rows.filter((row) => (!product || row.product === product) && (!device || row.device === device));

/** @typedef {{ product: string, device: string }} Chosen empty: all */

/** @param {() => Chosen} filters @returns {import('./panel.js').View<Answer>} */
export const funnelView = (filters) => ({
  isEmpty: ({ rows }) => chosen(rows, filters()).every((row) => row.shows + row.clicks + row.orders === 0),
  empty: () => [
    'Nothing to follow in this range',
    'No banner was shown, so nobody could click one. Widen the range, or load the dataset with',
    'npm run seed -- product.csv',
  ],
  facts: (meta) => span(meta.from, meta.to),
  drawHtml(root, answer) {
    const rows = chosen(answer.rows, filters());
    /** @param {'shows' | 'clicks' | 'orders'} step */
    const highest = (step) => Math.max(...rows.map((row) => row[step]));
    const most = { shows: highest('shows'), clicks: highest('clicks'), orders: highest('orders') };
    const body = document.createElement('tbody');
    for (const product of PRODUCTS) {
      const lines = rows.filter((row) => row.product === product);
      body.append(...lines.map((row, n) => line({ ...row, lines: lines.length }, most, n === 0)));
    }
    const table = document.createElement('table');
    table.className = 'funnel';
    table.append(head(), body);
    root.querySelector('[data-table]').replaceChildren(table);
  },
  reading: ({ rows }) => funnelWords(chosen(rows, filters())),
});
