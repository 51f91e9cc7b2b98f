// The live panels: a snapshot, then changes after it. A page that was not seen or not connected is told everything anew.

import { address } from '../base.js';
import { CATEGORY_NAMES, clock, exact, moment, plural, TIME_ZONE } from '../dashboard/format.js';
import '../crowd.js';
import { listen } from '../live.js';
import { mark } from '../marks.js';
import { drawColumns, drawRows } from './bars.js';
import { showBehind } from './behind.js';
import { drawLatest, drawLog, RawEvents } from './lists.js';
import './prove.js';

const SUMMARY_EVERY_MS = 30_000;
const REWIND_WAIT_MS = 150;

const main = document.querySelector('main');
const { robots = 'exclude', simulated = 'include', visitor: own = '' } = main.dataset;
const panel = (name) => document.getElementById(name);
const part = (name, selector) => panel(name)?.querySelector(selector);
const raw = panel('raw') === null ? undefined : new RawEvents(panel('raw'));
const shortClock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: TIME_ZONE,
});
const minute = (iso) => shortClock.format(new Date(iso));

/** @type {import('../../../src/dashboard/panels/board.ts').PanelsAnswer} */
let newest;
let counting = 'people';
/** The instant of a look back, ISO; undefined: now. */
/** @type {string | undefined} */
let rewoundTo;

function say(name, words) {
  const reading = part(name, '[data-reading]');
  if (reading !== null && reading !== undefined && reading.textContent !== words) reading.textContent = words;
}

const age = (ms) => {
  if (ms < 10_000) return `${exact(ms)} ms`;
  return ms < 600_000 ? `${exact(Math.round(ms / 1000))} s` : `${exact(Math.round(ms / 60_000))} min`;
};
/** Who has to take records of Kafka yet, and how many; a few are always under way. */
function waitingText(lag) {
  if (lag === null) return '';
  const waiting = Object.entries(lag).filter(([, records]) => records > 0);
  if (waiting.length === 0) return ' Nothing waits in Kafka.';
  return ` Waiting in Kafka: ${waiting.map(([who, records]) => `${exact(records)} for ${who}`).join(', ')}.`;
}
const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);

const DRAW = {
  visitors({ visitors }) {
    const noun = counting === 'people' ? ['person', 'people'] : ['event'];
    const bars = visitors.map(({ from, late, ...counts }) => ({
      of: from,
      name: minute(from),
      count: counts[counting],
      late,
      label: `${minute(from)}: ${plural(counts[counting], ...noun)}`,
    }));
    drawColumns(part('visitors', '[data-bars]'), bars);
    const { count } = bars.at(-1);
    say(
      'visitors',
      sum(visitors, 'events') === 0
        ? 'Nobody in 15 minutes. Open the shop in another tab: your first banner is the first event here.'
        : `${plural(count, ...noun)} in this minute, ${plural(bars.at(-2).count, ...noun)} in the one before.`,
    );
  },
  sessions({ sessions }) {
    const bars = sessions.map(({ from, sessions: count }) => ({
      of: from,
      name: minute(from),
      count,
      label: `From ${minute(from)}: ${plural(count, 'session')}`,
    }));
    drawColumns(part('sessions', '[data-bars]'), bars);
    const total = sum(sessions, 'sessions');
    say(
      'sessions',
      total === 0 ? 'No session in eight hours.' : `${plural(total, 'session')} in eight hours.`,
    );
  },
  devices({ devices }) {
    drawRows(
      part('devices', '[data-bars]'),
      devices.map(({ device, people }) => ({ of: device, name: device, count: people })),
    );
    const total = sum(devices, 'people');
    say('devices', total === 0 ? 'Nobody is here.' : `${plural(total, 'person', 'people')} here.`);
  },
  categories({ categories }) {
    const bars = categories.map(({ product, count }) => ({
      of: product,
      name: CATEGORY_NAMES[product],
      product,
      count,
    }));
    drawRows(part('categories', '[data-bars]'), bars, mark);
    const total = sum(categories, 'count');
    say('categories', total === 0 ? 'No click in an hour.' : `${plural(total, 'click')} in an hour.`);
  },
  pages({ pages }) {
    const bars = pages.map(({ item, product, count }) => ({
      of: `${product}/${item}`,
      name: item,
      product,
      count,
    }));
    drawRows(part('pages', '[data-bars]'), bars, mark);
    const [first] = pages;
    say(
      'pages',
      first === undefined ? 'No click in an hour. Click a banner in the shop.' : `First: ${first.item}.`,
    );
  },
  log({ log }) {
    drawLog(part('log', '[data-rows]'), log, own);
    const moved = log.find(({ user_id: user }) => user === own);
    if (moved !== undefined) {
      // An offer is left at once.
      const here = moved.to_state === 'offer' ? 'init' : moved.to_state;
      const nodes = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-state-node]'));
      for (const node of nodes) node.toggleAttribute('data-here', node.dataset.stateNode === here);
    }
    say(
      'log',
      log.length === 0 ? 'Nobody has moved yet: click on a piece of clothing in the shop.' : '\u00a0',
    );
  },
  latest({ latest, meta }) {
    const now = rewoundTo === undefined ? Date.now() : Date.parse(meta.as_of);
    drawLatest(part('latest', '[data-rows]'), latest, Math.max(now, Date.parse(meta.as_of)));
    say('latest', latest.length === 0 ? 'Nobody in 10 minutes.' : '\u00a0');
  },
};

function draw() {
  if (newest === undefined) return;
  for (const [name, drawOne] of Object.entries(DRAW)) if (panel(name) !== null) drawOne(newest);
  const { freshness, lag, as_of: asOf } = newest.meta;
  document.querySelector('[data-freshness]').textContent =
    rewoundTo !== undefined
      ? `As of ${moment(asOf)}, ${clock(asOf)}.`
      : freshness.p50_ms === null
        ? `As of ${clock(asOf)}. No event in the last minute.`
        : `As of ${clock(asOf)}. Events of the last minute were ${age(freshness.p50_ms)} old when they were counted, 99 of 100 at most ${age(freshness.p99_ms)}.${waitingText(lag)}`;
}

function snapshot(panels) {
  newest = panels;
  raw?.show(panels.raw);
  draw();
}

listen(
  `/api/live/panels/stream?${new URLSearchParams({ robots, simulated })}`,
  {
    panels: (panels) => rewoundTo === undefined && snapshot(panels),
    changes: ({ added, ...panels }) => {
      if (rewoundTo !== undefined) return;
      newest = { ...newest, ...panels };
      raw?.add(added);
      draw();
    },
  },
  (connected) => {
    const state = /** @type {HTMLElement} */ (document.querySelector('[data-connection]'));
    state.textContent = connected ? 'Live.' : 'Connection lost, trying again.';
    state.dataset.state = connected ? 'open' : 'lost';
  },
);

setInterval(
  () => rewoundTo === undefined && newest !== undefined && panel('latest') !== null && DRAW.latest(newest),
  1_000,
);

let saidAt = Number.NEGATIVE_INFINITY;
setInterval(() => {
  if (newest === undefined || performance.now() - saidAt < SUMMARY_EVERY_MS) return;
  saidAt = performance.now();
  const people = newest.visitors.at(-2)?.people ?? 0;
  document.querySelector('[data-summary]').textContent =
    `${plural(people, 'person', 'people')} in the last whole minute, ${plural(sum(newest.devices, 'people'), 'person', 'people')} here.`;
}, 1_000);

main.addEventListener('click', ({ target }) => {
  const bar = /** @type {Element} */ (target).closest('[data-of]');
  const panelOf = bar?.closest('.live-panel');
  if (!bar || !panelOf) return;
  const name = panelOf.id;
  const query = new URLSearchParams({ of: bar.dataset.of ?? '', robots, simulated, count: counting });
  query.set('at', rewoundTo ?? newest.meta.as_of);
  const words = bar.getAttribute('aria-label') ?? bar.querySelector('.row-name').textContent;
  void showBehind(words, `/api/live/panels/${name}/behind?${query}`);
});

for (const choice of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-count]'))) {
  choice.addEventListener('click', () => {
    counting = choice.dataset.count ?? counting;
    for (const other of document.querySelectorAll('[data-count]'))
      other.setAttribute('aria-pressed', String(other === choice));
    draw();
  });
}

const slider = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-rewind]'));
const back = /** @type {HTMLElement | null} */ (document.querySelector('[data-rewind-now]'));
let asking;

async function rewind(minutes) {
  const output = document.querySelector('[data-rewind-at]');
  rewoundTo = minutes === 0 ? undefined : new Date(Date.now() + minutes * 60_000).toISOString();
  main.toggleAttribute('data-rewound', rewoundTo !== undefined);
  if (back !== null) back.hidden = rewoundTo === undefined;
  output.textContent =
    rewoundTo === undefined ? 'now' : `${clock(rewoundTo)}, ${plural(-minutes, 'minute')} ago`;
  const asked = rewoundTo;
  const query = new URLSearchParams({ robots, simulated, ...(asked === undefined ? {} : { at: asked }) });
  const response = await fetch(address(`/api/live/panels?${query}`));
  if (response.ok && asked === rewoundTo) snapshot(await response.json());
}

slider?.addEventListener('input', () => {
  clearTimeout(asking);
  asking = setTimeout(() => void rewind(slider.valueAsNumber), REWIND_WAIT_MS);
});
back?.addEventListener('click', () => {
  if (slider !== null) slider.value = '0';
  void rewind(0);
});
for (const select of document.querySelectorAll('select[data-whose]'))
  select.addEventListener('change', () => /** @type {HTMLSelectElement} */ (select).form?.submit());
document.querySelector('[data-apply]')?.remove();
