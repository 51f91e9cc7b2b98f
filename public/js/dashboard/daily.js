// Shows, clicks and orders day by day: three strips over one time axis, each from zero on a scale of its own, as there
// are about ten shows to a click. Bars for up to two months, areas for more.

import { chartOptions, countAxis, exactLabel, midnight, stripNames, timeAxis } from './axes.js';
import { colour, faint, TITLE_TOKENS } from './colours.js';
import { exact, short, span, weekday } from './format.js';
import { byDay, byTitle, dailyWords, signed, TITLE_NAMES, TITLES } from './titles.js';

/** @typedef {import('../../../src/dashboard/charts/operations.ts').ChartAnswer<'daily'>} Answer */
/** @typedef {import('./titles.js').Day} Day */

const MOST_BARS = 62;
const DAY_MS = 86_400_000;

/** @param {Answer['rows']} rows  @param {import('./titles.js').Title} title  @param {number} total  @param {boolean} isBars */
function strip(rows, title, total, isBars) {
  const token = TITLE_TOKENS[title];
  return {
    label: TITLE_NAMES[title],
    strip: `${signed(title)}, ${short(total)}`,
    yAxisID: title,
    data: rows.filter((row) => row.title === title).map((row) => ({ x: midnight(row.day), y: row.count })),
    backgroundColor: isBars ? colour(token) : faint(token, 0.22),
    borderColor: colour(token),
    borderWidth: isBars ? 0 : 1.75,
    borderRadius: 2,
    maxBarThickness: 56,
    fill: 'origin',
    pointRadius: 0,
    pointHitRadius: 12,
  };
}

const strips = () =>
  Object.fromEntries(
    TITLES.map((title, n) => [
      title,
      countAxis({
        stack: 'strips',
        stackWeight: 1,
        weight: TITLES.length - n,
        grace: '30%',
        ticks: {
          maxTicksLimit: 4,
          // The top of one strip is the bottom of the next; two numbers on one line could not be read.
          callback(value) {
            return value === this.max ? '' : short(Number(value));
          },
        },
        afterFit: (axis) => {
          axis.width = 56;
        },
      }),
    ]),
  );

/** @type {[string, (row: Day) => string][]} */
const titleColumns = TITLES.map((title) => [signed(title), (row) => exact(row[title] ?? 0)]);

/** @type {import('./panel.js').View<Answer, Day> & { brush?: import('./brush.js').Brush }} `brush` is set by the page */
export const dailyView = {
  facts: (meta) => (meta.step === 'day' ? '' : `one point per ${meta.step}, `) + span(meta.from, meta.to),
  isEmpty: ({ meta }) => meta.total === 0,
  empty: ({ meta }) => [
    'No events in this range',
    `${span(meta.from, meta.to)} has none. The dataset covers January to May 2019; load it with`,
    'npm run seed -- product.csv',
  ],
  tableRows: ({ rows }) => byDay(rows).reverse(),
  columns: [['Day', (row) => weekday(row.day)], ...titleColumns],
  config({ rows, meta }) {
    const totals = byTitle(rows);
    const isBars = rows.length / TITLES.length <= MOST_BARS;
    const half = isBars ? DAY_MS / 2 : 0;
    return {
      type: isBars ? 'bar' : 'line',
      plugins: [stripNames, ...(dailyView.brush ? [dailyView.brush.plugin(meta)] : [])],
      data: { datasets: TITLES.map((title) => strip(rows, title, totals[title], isBars)) },
      options: chartOptions({
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: {
            ...timeAxis(midnight(meta.from) - half, midnight(meta.to) - DAY_MS + half, 'day'),
            stacked: true,
            offset: false,
          },
          ...strips(),
        },
        plugins: { tooltip: { callbacks: { label: exactLabel } } },
      }),
    };
  },
  reading: ({ rows, meta }) => dailyWords(rows, meta.step),
};
