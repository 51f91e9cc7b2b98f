// Today: the row of figures with their change against yesterday until the same time, and today by category and kind.

import { PRODUCTS } from '../marks.js';
import { barLabels, chartOptions, countAxis, exactLabel } from './axes.js';
import { colour, TITLE_TOKENS } from './colours.js';
import { CATEGORY_NAMES, exact, TITLE_NAMES, TITLES } from './format.js';
import { compare, counter, perHundred, write } from './tiles.js';

/** @typedef {import('../../../src/dashboard/charts/today.ts').TodayRow} TodayRow */
/** @typedef {{ rows: readonly TodayRow[], meta: import('./panel.js').Meta }} Answer */
/** @typedef {{ product: string } & Record<import('./format.js').Title, number>} Category */

/**
 * Sum of the rows' counts by title, each title present.
 * @param {readonly Pick<TodayRow, 'title' | 'count'>[]} rows
 */
export function byTitle(rows) {
  const totals = { banner_show: 0, banner_click: 0, order: 0 };
  for (const { title, count } of rows) totals[title] += count;
  return totals;
}

/** @param {import('../../../src/dashboard/audience.ts').TodayAnswer} today */
export function drawTiles({ rows, yesterday }) {
  const now = byTitle(rows);
  const then = byTitle(yesterday);
  for (const title of TITLES) {
    const tile = document.querySelector(`[data-tile="${title}"]`);
    write(
      tile,
      counter(now[title]),
      exact(now[title]),
      ...compare(now[title], then[title], 'yesterday by this time'),
    );
  }
  const [rate, before] = [perHundred(now), perHundred(then)];
  const words =
    before === undefined ? 'no clicks yesterday by this time' : `${before.toFixed(1)} yesterday by this time`;
  const tile = document.querySelector('[data-tile="rate"]');
  write(tile, rate?.toFixed(1) ?? '–', rate === undefined ? 'no clicks yet' : String(rate), words, 'same');
}

/**
 * @param {readonly TodayRow[]} rows
 * @param {string} product
 * @param {string} title
 */
const cell = (rows, product, title) =>
  rows
    .filter((row) => row.product === product && row.title === title)
    .reduce((sum, row) => sum + row.count, 0);

const SIGNS = { banner_show: '○', banner_click: '●', order: '◆' };

/** @type {[string, (row: Category) => string][]} */
const titleColumns = TITLES.map((title) => [
  `${SIGNS[title]} ${TITLE_NAMES[title]}`,
  (row) => exact(row[title]),
]);

/** @type {import('./panel.js').View<Answer, Category>} */
export const todayView = {
  isLive: true,
  isEmpty: ({ rows }) => rows.length === 0,
  empty: () => [
    'No events today yet',
    'Open the shop: the first banner you see is the first event here, while you watch.',
  ],
  columns: [['Category', ({ product }) => CATEGORY_NAMES[product]], ...titleColumns],
  tableRows: ({ rows }) =>
    PRODUCTS.map((product) => ({
      product,
      ...byTitle(rows.filter((row) => row.product === product)),
    })),
  drawHtml(root) {
    const legend = TITLES.map((title) => {
      const item = document.createElement('span');
      item.className = `legend-word for-${TITLE_TOKENS[title]}`;
      item.textContent = `${SIGNS[title]} ${TITLE_NAMES[title]}`;
      return item;
    });
    root.querySelector('[data-legend]').replaceChildren(...legend);
  },
  config: ({ rows }) => ({
    type: 'bar',
    plugins: [barLabels],
    data: {
      labels: PRODUCTS.map((product) => CATEGORY_NAMES[product]),
      datasets: TITLES.map((title) => ({
        label: TITLE_NAMES[title],
        data: PRODUCTS.map((product) => cell(rows, product, title)),
        backgroundColor: colour(TITLE_TOKENS[title]),
        borderRadius: 3,
        barPercentage: 0.92,
        categoryPercentage: 0.76,
      })),
    },
    options: chartOptions({
      indexAxis: 'y',
      layout: { padding: { right: 40 } },
      scales: {
        x: countAxis(),
        y: countAxis({
          grid: { display: false },
          ticks: { color: colour('ink'), callback: (_, n) => CATEGORY_NAMES[PRODUCTS[n]], maxTicksLimit: 10 },
        }),
      },
      plugins: { tooltip: { callbacks: { label: exactLabel } } },
    }),
  }),
  reading({ rows }) {
    const totals = PRODUCTS.map((product) => ({
      product,
      ...byTitle(rows.filter((row) => row.product === product)),
    }));
    const [{ product: most, order }] = totals.sort((a, b) => b.order - a.order);
    return order === 0
      ? 'Nothing ordered yet.'
      : `Most ordered: ${CATEGORY_NAMES[most].toLowerCase()} (${exact(order)}).`;
  },
};
