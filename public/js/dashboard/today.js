// Today: the row of figures with their change against yesterday until the same time, and today by category and kind.

import { PRODUCTS } from '../marks.js';
import { barLabels, chartOptions, countAxis, exactLabel } from './axes.js';
import { colour, TITLE_TOKENS } from './colours.js';
import { categoryName, exact } from './format.js';
import { compare, counter, perHundred, write } from './tiles.js';
import { byProduct, byTitle, mostOrdered, signed, TITLE_NAMES, TITLES } from './titles.js';

/** @typedef {import('../../../src/dashboard/charts/today.ts').TodayRow} TodayRow */
/** @typedef {{ rows: readonly TodayRow[], meta: import('./panel.js').Meta }} Answer */
/** @typedef {{ product: string } & Record<import('./titles.js').Title, number>} Category */

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

/** @param {readonly TodayRow[]} rows @returns {Category[]} */
const byCategory = (rows) =>
  PRODUCTS.map((product) => ({ product, ...byTitle(rows.filter((row) => row.product === product)) }));

/** @type {[string, (row: Category) => string][]} */
const titleColumns = TITLES.map((title) => [signed(title), (row) => exact(row[title])]);

/** @type {import('./panel.js').View<Answer, Category>} */
export const todayView = {
  isLive: true,
  isEmpty: ({ rows }) => rows.length === 0,
  empty: () => [
    'No events today yet',
    'Open the shop: the first banner you see is the first event here, while you watch.',
  ],
  columns: [['Category', ({ product }) => categoryName(product)], ...titleColumns],
  tableRows: ({ rows }) => byCategory(rows),
  drawHtml(root) {
    const legend = TITLES.map((title) => {
      const item = document.createElement('span');
      item.className = `legend-word for-${TITLE_TOKENS[title]}`;
      item.textContent = signed(title);
      return item;
    });
    root.querySelector('[data-legend]').replaceChildren(...legend);
  },
  config: ({ rows }) => ({
    type: 'bar',
    plugins: [barLabels],
    data: {
      labels: PRODUCTS.map(categoryName),
      datasets: TITLES.map((title) => ({
        label: TITLE_NAMES[title],
        data: byCategory(rows).map((row) => row[title]),
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
          ticks: {
            color: colour('ink'),
            callback: (_, n) => categoryName(PRODUCTS[n] ?? ''),
            maxTicksLimit: 10,
          },
        }),
      },
      plugins: { tooltip: { callbacks: { label: exactLabel } } },
    }),
  }),
  reading: ({ rows }) =>
    mostOrdered(byProduct(rows.filter(({ title }) => title === 'order')), categoryName) ??
    'Nothing ordered yet.',
};
