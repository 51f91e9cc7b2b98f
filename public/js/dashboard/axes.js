// Settings of Chart.js that the charts share: fonts, grid, ticks, tooltips, motion. They are computed for each drawing, as
// colours follow the theme.

import { colour } from './colours.js';
import { exact, short, TIME_ZONE } from './format.js';
import { ticksFor, zonedTime } from './zoned-time.js';

const { Chart } = window;
const adapter = zonedTime(TIME_ZONE);
Chart._adapters._date.override(adapter);

/** @typedef {import('chart.js').Plugin} Plugin */
/** @typedef {import('chart.js').ChartConfiguration} Config */
/** @typedef {NonNullable<Config['options']>} Options */
/** @typedef {NonNullable<NonNullable<Options['scales']>[string]>} Scale */

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const MOTION_MS = 250;

const font = (size = 12, weight = 400) => ({
  family: getComputedStyle(document.body).fontFamily,
  size,
  weight,
});

/** The options of a chart, laid over those that all share. @param {Options} options @returns {Options} */
export function chartOptions({ plugins, ...more }) {
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: calm.matches ? false : { duration: MOTION_MS },
    font: font(),
    color: colour('ink'),
    ...more,
    plugins: {
      legend: { display: false },
      tooltip: {
        backgroundColor: colour('ink'),
        titleColor: colour('on-ink'),
        bodyColor: colour('on-ink'),
        titleFont: font(12, 600),
        bodyFont: font(12),
        padding: 10,
        cornerRadius: 8,
        displayColors: false,
        ...plugins?.tooltip,
      },
    },
  };
}

/** A count from zero, in short numbers. @param {Scale} more laid over it @returns {Scale} */
export function countAxis(more = {}) {
  const { ticks, ...rest } = more;
  return /** @type {Scale} */ ({
    beginAtZero: true,
    grace: '6%',
    border: { display: false },
    grid: { color: colour('line'), drawTicks: false },
    ...rest,
    ticks: {
      color: colour('ink-soft'),
      font: font(),
      padding: 8,
      maxTicksLimit: 6,
      precision: 0,
      includeBounds: false,
      callback: (value) => short(Number(value)),
      ...ticks,
    },
  });
}

const DAY_MS = 86_400_000;

/**
 * Time in the shop's zone, labelled by the length of the range.
 * @param {number} from milliseconds
 * @param {number} to as from
 * @param {import('../../../src/dashboard/charts/orders.ts').Resolution} resolution what a point covers
 * @returns {Scale}
 */
export function timeAxis(from, to, resolution) {
  return {
    type: 'time',
    min: from,
    max: to,
    time: {
      tooltipFormat: resolution !== 'minute' && resolution !== 'hour' ? 'fullDay' : 'moment',
      isoWeekday: true,
      ...ticksFor((to - from) / DAY_MS, resolution),
    },
    border: { color: colour('line-strong') },
    grid: { display: false },
    ticks: { color: colour('ink-soft'), font: font(), maxRotation: 0, autoSkipPadding: 28 },
  };
}

/** Midnight that begins an ISO day in the shop's zone, in milliseconds. */
export const { midnight } = adapter;

/** Writes each bar's number beside it. @type {Plugin} */
export const barLabels = {
  id: 'barLabels',
  afterDatasetsDraw(chart) {
    const { ctx } = chart;
    ctx.save();
    ctx.font = `600 11px ${font().family}`;
    ctx.fillStyle = colour('ink-soft');
    ctx.textBaseline = 'middle';
    for (const [index, dataset] of chart.data.datasets.entries()) {
      for (const [n, bar] of chart.getDatasetMeta(index).data.entries()) {
        ctx.fillText(short(Number(dataset.data[n])), bar.x + 6, bar.y);
      }
    }
    ctx.restore();
  },
};

/** Names each of several strips that share a time axis, on the strip itself. @type {Plugin} */
export const stripNames = {
  id: 'stripNames',
  afterDraw(chart) {
    const { ctx } = chart;
    ctx.save();
    ctx.font = `600 12px ${font().family}`;
    ctx.fillStyle = colour('ink');
    ctx.textBaseline = 'top';
    for (const dataset of chart.data.datasets) {
      if (!('yAxisID' in dataset) || dataset.yAxisID === undefined) continue;
      const top = chart.scales[dataset.yAxisID]?.top ?? 0;
      ctx.fillText(dataset.strip ?? '', chart.chartArea.left + 8, top - 2);
    }
    ctx.restore();
  },
};

/** The line of a tooltip: the exact count, which is not always where the point is drawn. @param {import('chart.js').TooltipItem<import('chart.js').ChartType>} item */
export function exactLabel({ dataset, raw }) {
  const { count, y } = /** @type {{ count?: number, y?: number }} */ (raw);
  return `${exact(count ?? y ?? Number(raw))} ${dataset.label}`;
}
