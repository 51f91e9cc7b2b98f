// The dashboard: panels ask for their numbers, the stream says when there are new ones. A page in the background
// waits until somebody looks at it again.

import '../crowd.js';
import { listen } from '../live.js';
import { midnight } from './axes.js';
import { Brush } from './brush.js';
import { dailyView } from './daily.js';
import { devicesView } from './devices.js';
import { watchFaults } from './fault-marks.js';
import { chooseRange, filters, offerYears, passMidnight, watchFilters, whoseFilter } from './filters.js';
import { clock, day, dayAfter } from './format.js';
import { funnelView } from './funnel.js';
import { ordersView, todayOrdersView } from './orders.js';
import { Panel } from './panel.js';
import { Questions } from './questions.js';
import { query } from './ranges.js';
import { drawTiles, todayView } from './today.js';
import { totalsView } from './totals.js';

const TODAY_EVERY_MS = 250;

const panels = {
  today: new Panel('today', todayView),
  todayOrders: new Panel('today-orders', todayOrdersView),
  daily: new Panel('daily', dailyView),
  orders: new Panel('orders', ordersView),
  devices: new Panel('devices', {
    ...devicesView,
    drawHtml: (_, { meta }) => offerYears(meta.years, meta.year),
  }),
  funnel: new Panel('funnel', funnelView(filters)),
  totals: new Panel('totals', totalsView),
};
dailyView.brush = new Brush(panels.daily.root, chooseRange);
ordersView.onLegend = (answer) => panels.orders.show(answer);
todayOrdersView.onLegend = (answer) => panels.todayOrders.show(answer);

/** @param {string} name  @param {Readonly<Record<string, string>>} values */
const chart = (name, values) => `/api/charts/${name}?${query({ ...whoseFilter, ...values })}`;
/** @typedef {'daily' | 'totals' | 'orders' | 'devices' | 'funnel'} History charts of the chosen range or year */

/** @type {Readonly<Record<History, (chosen: ReturnType<typeof filters>) => string>>} */
const loaders = {
  daily: ({ from, to, product, device }) => chart('daily', { from, to, product, device }),
  totals: ({ from, to, product, device }) => chart('totals', { from, to, product, device }),
  orders: ({ from, to, product }) => chart('orders', { from, to, product }),
  devices: ({ year, count }) => chart('devices', { year, count }),
  funnel: ({ from, to }) => chart('funnel', { from, to }),
};
const HISTORY = /** @type {History[]} */ (Object.keys(loaders));
/** @param {History} name */
const load = (name) => panels[name].load(loaders[name](filters()));

const loadRange = () => {
  for (const name of HISTORY) if (name !== 'devices') load(name);
};

watchFilters((changed) => {
  if (changed === 'devices') {
    load('devices');
    return;
  }
  loadRange();
  void askFaults();
});
for (const name of HISTORY) load(name);

/** @typedef {import('../../../src/dashboard/audience.ts').TodayAnswer} TodayAnswer */

/** @type {TodayAnswer} */
let newest;
let drawAt = Number.NEGATIVE_INFINITY;
/** @type {Timer | undefined} */
let drawing;

function drawToday() {
  drawing = undefined;
  drawAt = performance.now();
  const { rows, orders, meta } = newest;
  panels.todayOrders.linkTo(chart('orders', { from: meta.day, to: dayAfter(meta.day) }));
  panels.today.show({ rows, meta: { ...meta, total: rows.reduce((sum, row) => sum + row.count, 0) } });
  panels.todayOrders.show({
    rows: orders,
    meta: { ...meta, total: orders.reduce((sum, row) => sum + row.count, 0) },
  });
}

const pipe = document.querySelector('.pipe');
const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** Lets a dot run along the line at the head of the page: something arrived. */
function pulse() {
  if (calm.matches) return;
  const journey = [
    { left: '0', opacity: 1 },
    { left: 'calc(100% - 16px)', opacity: 1 },
  ];
  pipe.animate(journey, { duration: 300, easing: 'ease-out', pseudoElement: '::after' });
}

/** Takes the newest numbers of today. @param {TodayAnswer & { orders_since?: string }} answer */
function today(answer) {
  const isNews = newest !== undefined;
  const oldDay = newest?.meta.day ?? answer.meta.day;
  // Minutes that are known already are not sent again.
  const { orders_since: since } = answer;
  const known = since ? newest.orders.filter(({ time }) => time < since) : [];
  newest = { ...answer, orders: [...known, ...answer.orders] };
  if (oldDay !== answer.meta.day && passMidnight(oldDay, answer.meta.day)) loadRange();
  document.querySelector('[data-today]').textContent = `, ${day(answer.meta.day)}`;
  say(true);
  document.querySelector('[data-as-of]').textContent = `as of ${clock(answer.meta.as_of)}`;
  drawTiles(newest);
  if (isNews) pulse();
  if (document.hidden) return;
  if (drawing === undefined)
    drawing = setTimeout(drawToday, Math.max(0, drawAt + TODAY_EVERY_MS - performance.now()));
}

/** Asks for the faults since the chosen range began, and at least those of the last 24 hours. */
const askFaults = watchFaults(
  () => {
    const first = midnight(filters().from);
    const dayBefore = Date.now() - 86_400_000;
    return new Date(Math.min(Number.isNaN(first) ? dayBefore : first, dayBefore)).toISOString();
  },
  () => {
    panels.orders.again();
    panels.todayOrders.again();
  },
);

/** Charts that changed while nobody saw the page. @type {Set<History>} */
const stale = new Set();

/** Asks again for the charts whose range reaches into today. @param {{ charts: readonly History[] }} what */
function changed({ charts }) {
  const { to, year } = filters();
  const thisDay = newest?.meta.day ?? '';
  for (const name of charts) {
    const isOver = name === 'devices' ? year !== thisDay.slice(0, 4) : to <= thisDay;
    if (isOver || loaders[name] === undefined) continue;
    if (document.hidden) stale.add(name);
    else load(name);
  }
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  if (newest !== undefined) drawToday();
  questions.draw();
  for (const name of stale) load(name);
  stale.clear();
});

/** @type {HTMLElement} */
const connection = document.querySelector('[data-connection]');

/** Shows whether the stream is connected. @param {boolean} connected */
function say(connected) {
  const state = connected ? 'live' : 'lost';
  if (connection.dataset.state === state) return;
  connection.dataset.state = state;
  connection.textContent = connected ? 'Live' : 'Connection lost, trying again; these figures are';
}

const questions = new Questions();

listen(
  `/api/live?${query(whoseFilter)}`,
  { today, changed, questions: questions.show.bind(questions), faults: askFaults },
  (connected, missed) => {
    // Changes in the gap were told to nobody.
    if (missed) changed({ charts: HISTORY });
    if (connected) void askFaults();
    say(connected);
  },
);
