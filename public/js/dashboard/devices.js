// A pie of a year's people, or events, on desktop and on mobile, each slice named on itself.

import { chartOptions } from './axes.js';
import { colour } from './colours.js';
import { exact, share, short } from './format.js';

/** @typedef {import('../../../src/dashboard/charts/operations.ts').ChartAnswer<'devices'>} Answer */

const SLICES = { desktop: 'order', mobile: 'click' };
/** @param {Answer['rows']} rows */
const total = (rows) => rows.reduce((sum, row) => sum + row.count, 0);
/** @param {Answer['meta']} meta */
const what = (meta) => (meta.count === 'events' ? 'events' : 'people');

/** @type {import('./axes.js').Plugin} */
const sliceNames = {
  id: 'sliceNames',
  afterDatasetsDraw(chart) {
    const { ctx, data } = chart;
    const [dataset] = data.datasets;
    if (dataset === undefined) return;
    const { data: counts, shares = [] } = dataset;
    ctx.save();
    ctx.textAlign = 'center';
    for (const [n, arc] of chart.getDatasetMeta(0).data.entries()) {
      if (counts[n] === 0) continue;
      const { x, y } = /** @type {import('chart.js').ArcElement} */ (arc).getCenterPoint(false);
      const family = getComputedStyle(document.body).fontFamily;
      ctx.fillStyle = colour('on-ink');
      ctx.font = `600 13px ${family}`;
      ctx.fillText(String(data.labels?.[n]), x, y - 12);
      ctx.font = `750 20px ${family}`;
      ctx.fillText(shares[n] ?? '', x, y + 9);
      ctx.font = `400 12px ${family}`;
      ctx.fillText(short(Number(counts[n])), x, y + 26);
    }
    ctx.restore();
  },
};

/** @type {import('./panel.js').View<Answer>} */
export const devicesView = {
  unit: (meta) => (meta.count === 'events' ? ['event'] : ['person', 'people']),
  facts: (meta) =>
    meta.count === 'events'
      ? `events in ${meta.year}`
      : `distinct people in ${meta.year}; who used both is in both`,
  isEmpty: ({ rows }) => total(rows) === 0,
  empty: ({ meta }) => [
    `Nobody came in ${meta.year}`,
    meta.years.length > 0 ? `There are events in ${meta.years.join(', ')}.` : 'Load the dataset of 2019 with',
    ...(meta.years.length > 0 ? [] : ['npm run seed -- product.csv']),
  ],
  columns: [
    ['Device', (row) => row.device],
    ['Number', (row) => exact(row.count)],
  ],
  config: ({ rows }) => ({
    type: 'pie',
    plugins: [sliceNames],
    data: {
      labels: rows.map((row) => row.device),
      datasets: [
        {
          data: rows.map((row) => row.count),
          shares: rows.map((row) => share(row.count, total(rows))),
          backgroundColor: rows.map((row) => colour(SLICES[row.device])),
          borderColor: colour('paper'),
          borderWidth: 3,
        },
      ],
    },
    options: chartOptions({
      plugins: { tooltip: { callbacks: { label: ({ label, raw }) => `${exact(Number(raw))} on ${label}` } } },
    }),
  }),
  reading({ rows, meta }) {
    const [first] = [...rows].sort((a, b) => b.count - a.count);
    if (first === undefined) return '';
    return `${share(first.count, total(rows))} on ${first.device}: ${exact(first.count)} of ${exact(total(rows))} ${what(meta)}.`;
  },
};
