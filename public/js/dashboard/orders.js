// Orders over time: a point for each minute, hour or day and category, at its number of orders.

import { PRODUCTS, pointStyle } from '../marks.js';
import { chartOptions, countAxis, exactLabel, midnight, timeAxis } from './axes.js';
import { colour, faint } from './colours.js';
import { faultBands, faultLegend } from './fault-marks.js';
import { categoryName, dayAfter, exact, moment, span } from './format.js';
import { Legend } from './legend.js';
import { byProduct, mostOrdered } from './titles.js';

/** @typedef {{ rows: readonly import('../../../src/dashboard/charts/orders.ts').OrdersRow[], meta: import('./panel.js').Meta }} AnyOrders */
/** @typedef {{ from: string, to: string, resolution: import('../../../src/dashboard/charts/orders.ts').Resolution }} Range days, and what a point is of */

/** Counts up to this coincide often. */
const FEW = 12;
/** How far apart the points of two neighbouring categories are drawn, in orders. */
const APART = 0.13;

/**
 * Where counts are small, each category's points are drawn a little above or below their line.
 * @param {AnyOrders['rows']} rows
 * @returns the distance between categories, in orders
 */
function distance(rows) {
  const most = rows.reduce((highest, { count }) => Math.max(highest, count), 0);
  return most > FEW ? 0 : APART;
}

/** @param {AnyOrders['rows']} rows  @param {Legend} legend */
function points(rows, legend) {
  const apart = distance(rows);
  return PRODUCTS.map((product, n) => ({
    label: `orders, ${categoryName(product).toLowerCase()}`,
    data: rows
      .filter((row) => row.product === product)
      .map(({ time, count }) => ({ x: Date.parse(time), y: count + (2 - n) * apart, count })),
    hidden: legend.hidden.has(product),
    pointStyle: pointStyle(product),
    pointRadius: rows.length > 400 ? 3.75 : 5,
    pointHoverRadius: 7,
    pointHitRadius: 8,
    borderWidth: 1.5,
    borderColor: colour(product),
    backgroundColor: faint(product, 0.5),
  }));
}

/**
 * @template {AnyOrders} Answer
 * @typedef {import('./panel.js').View<Answer> & { onLegend?: (answer: Answer) => void }} OrdersView `onLegend` is set by the page
 */

/**
 * @template {AnyOrders} Answer
 * @param {(meta: Answer['meta']) => Range} range
 * @param {Partial<OrdersView<Answer>>} words
 */
function scatter(range, words) {
  const legend = new Legend();
  /** @type {OrdersView<Answer>} */
  const view = {
    unit: () => ['order'],
    isEmpty: ({ rows }) => rows.length === 0,
    columns: [
      ['Time', (row) => moment(row.time)],
      ['Category', (row) => categoryName(row.product)],
      ['Orders', (row) => exact(row.count)],
    ],
    drawHtml(root, answer) {
      const place = root.querySelector('[data-legend]');
      legend.draw(place, byProduct(answer.rows), () => view.onLegend?.(answer));
      const { from, to } = range(answer.meta);
      place.append(...faultLegend(midnight(from), midnight(to)));
    },
    config(answer) {
      const { from, to, resolution } = range(answer.meta);
      return {
        type: 'scatter',
        plugins: [faultBands],
        data: { datasets: points(answer.rows, legend) },
        options: chartOptions({
          scales: {
            x: timeAxis(midnight(from), midnight(to), resolution),
            y: countAxis({ suggestedMax: 4 }),
          },
          plugins: {
            tooltip: {
              callbacks: {
                title: ([item]) =>
                  item === undefined ? '' : moment(/** @type {{ x: number }} */ (item.raw).x),
                label: exactLabel,
              },
            },
          },
        }),
      };
    },
    reading({ rows }) {
      const most = mostOrdered(byProduct(rows), categoryName);
      const apart =
        distance(rows) > 0 ? ' Points of one number stand a little apart, so that none hides another.' : '';
      return most === undefined ? '' : most + apart;
    },
    ...words,
  };
  return view;
}

/** @type {OrdersView<import('../../../src/dashboard/charts/operations.ts').ChartAnswer<'orders'>>} */
export const ordersView = scatter((meta) => meta, {
  facts: (meta) => `one point per ${meta.resolution} and category, ${span(meta.from, meta.to)}`,
  empty: ({ meta }) => [
    'No orders in this range',
    `${span(meta.from, meta.to)} has none. The dataset covers January to May 2019; load it with`,
    'npm run seed -- product.csv',
  ],
});

/** @type {OrdersView<AnyOrders & { meta: { day: string } }>} */
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
