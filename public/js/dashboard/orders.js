// Orders over time: a point for each minute, hour or day and category, at its number of orders.

import { POINT_STYLES, PRODUCTS } from '../marks.js';
import { chartOptions, countAxis, exactLabel, midnight, timeAxis } from './axes.js';
import { colour, faint } from './colours.js';
import { CATEGORY_NAMES, exact, moment, plural, span } from './format.js';
import { Legend } from './legend.js';

const tally = (rows) => {
  const totals = {};
  for (const { product, count } of rows) totals[product] = (totals[product] ?? 0) + count;
  return totals;
};

function points(rows, legend) {
  return PRODUCTS.map((product) => ({
    label: `orders, ${CATEGORY_NAMES[product].toLowerCase()}`,
    data: rows
      .filter((row) => row.product === product)
      .map((row) => ({ x: Date.parse(row.time), y: row.count })),
    hidden: legend.hidden.has(product),
    pointStyle: POINT_STYLES[product],
    pointRadius: rows.length > 400 ? 3.5 : 5,
    pointHoverRadius: 7,
    pointHitRadius: 8,
    borderWidth: 1.75,
    borderColor: colour(product),
    backgroundColor: faint(product, 0.5),
  }));
}

/** @param range from an answer to its ends and resolution: { from, to, resolution } */
function scatter(range, words) {
  const legend = new Legend();
  const view = {
    unit: () => ['order'],
    isEmpty: ({ rows }) => rows.length === 0,
    columns: [
      ['Time', (row) => moment(row.time)],
      ['Category', (row) => CATEGORY_NAMES[row.product]],
      ['Orders', (row) => exact(row.count)],
    ],
    drawHtml(root, answer) {
      legend.draw(root.querySelector('[data-legend]'), tally(answer.rows), () => view.onLegend?.(answer));
    },
    config(answer) {
      const { from, to, resolution } = range(answer.meta);
      return {
        type: 'scatter',
        data: { datasets: points(answer.rows, legend) },
        options: chartOptions({
          scales: {
            x: timeAxis(midnight(from), midnight(to), resolution),
            y: countAxis({ suggestedMax: 4 }),
          },
          plugins: {
            tooltip: {
              callbacks: {
                title: ([item]) => (item === undefined ? '' : moment(item.raw.x)),
                label: exactLabel,
              },
            },
          },
        }),
      };
    },
    reading({ rows }) {
      const [[best, most] = []] = Object.entries(tally(rows)).sort(([, a], [, b]) => b - a);
      return best === undefined ? '' : `${CATEGORY_NAMES[best]} leads with ${plural(most, 'order')}.`;
    },
    ...words,
  };
  return view;
}

export const ordersView = scatter((meta) => meta, {
  facts: (meta) => `one point per ${meta.resolution} and category, ${span(meta.from, meta.to)}`,
  empty: ({ meta }) => [
    'No orders in this range',
    `Nothing was ordered ${span(meta.from, meta.to)}. The dataset's orders are in January to May 2019; it comes in by`,
    'npm run seed -- product.csv',
  ],
});

const dayAfter = (isoDay) => new Date(Date.parse(isoDay) + 86_400_000).toISOString().slice(0, 10);

export const todayOrdersView = scatter(
  ({ day }) => ({ from: day, to: dayAfter(day), resolution: 'minute' }),
  {
    isLive: true,
    empty: () => [
      'No orders today yet',
      'Order something in the shop: the point appears here while you watch.',
    ],
  },
);
