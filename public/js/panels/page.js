// The live panels: a snapshot, then changes after it. A page that was not seen or not connected is told everything anew.

import { address } from '../base.js';
import { CATEGORY_NAMES, clock, exact, itemName, moment, plural, TIME_ZONE } from '../dashboard/format.js';
import '../crowd.js';
import { faultLegend, faultsIn, watchFaults } from '../fault-periods.js';
import { listen } from '../live.js';
import { mark } from '../marks.js';
import { drawColumns, drawRows, setText } from './bars.js';
import { showBehind } from './behind.js';
import { drawSoon } from './frames.js';
import { drawLatest, moves, RawEvents } from './lists.js';
import './prove.js';

const SUMMARY_EVERY_MS = 30_000;
const REWIND_WAIT_MS = 150;
const OTHERS_EVERY_MS = 1_000;
/** Eight hours of sessions, an hour ago. */
const SHOWN_MS = 9 * 3_600_000;

const main = document.querySelector('main');
const { robots = 'exclude', simulated = 'include', visitor: own = '' } = main.dataset;
const panel = (name) => document.getElementById(name);
const part = (name, selector) => panel(name)?.querySelector(selector);
const raw = panel('raw') === null ? undefined : new RawEvents(panel('raw'));
const log = panel('log') === null ? undefined : moves(panel('log'), own);
const shortClock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: TIME_ZONE,
});
const minute = (iso) => shortClock.format(new Date(iso));

/** @typedef {import('../../../src/dashboard/live/panel-feed.ts').PanelsAnswer} PanelsAnswer */

/** @type {PanelsAnswer} */
let newest;
let counting = 'people';
/** The instant of a look back, ISO; undefined: now. */
/** @type {string | undefined} */
let rewoundTo;
/** The server's clock less this machine's. */
let serverAheadMs = 0;
const serverNow = () => Date.now() + serverAheadMs;
/** What was told while a snapshot of now is on its way, which may be older. @type {{ panels: any[], added: any[] } | undefined} */
let held;

function say(name, words) {
  const reading = part(name, '[data-reading]');
  if (reading !== null && reading !== undefined) setText(reading, words);
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

/** @typedef {import('../../../src/dashboard/panels/panel.ts').Bars} Bars */

/** The panels of bars that are on the page, as the server has told (src/dashboard/panels). @type {[string, Bars][]} */
const barPanels = [
  .../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-panel-bars]')),
].map(({ id, dataset }) => [id, JSON.parse(dataset.panelBars ?? '')]);

/** The longest bar, and how many are as long. */
function firstOf([first, ...others], words) {
  const ties = others.filter(({ count }) => count === first.count).length;
  return `Most: ${first.name}${ties > 0 ? ` and ${exact(ties)} more, ${words(first.count)} each` : `, ${words(first.count)}`}.`;
}

const NAMES = { product: (row) => CATEGORY_NAMES[row.product], item: (row) => itemName(row.item) };

/** @param {Bars} bars */
function readingOf({ reading, empty }, drawn, words) {
  const total = sum(drawn, 'count');
  if (total === 0) return empty;
  if (reading === 'first') return firstOf(drawn, words);
  if (reading !== 'newest') return `${words(total)} ${reading.sum}.`;
  const [before, newest] = drawn.slice(-2).map(({ count }) => words(count));
  return `${newest} in this minute, ${before} in the one before.`;
}

/** The faults that ran during a column, by name. */
function faultsOf({ from, to }) {
  const names = faultsIn(Date.parse(from), Date.parse(to)).map(({ name }) => name);
  return [...new Set(names)].join(', ');
}

function nameFaults(name, columns) {
  const words = faultLegend(faultsIn(Date.parse(columns[0].from), Date.parse(columns.at(-1).to)));
  const place = part(name, '[data-faults]');
  if (place.textContent !== words.map(({ textContent }) => textContent).join(''))
    place.replaceChildren(...words);
}

/** @param {string} name of the panel  @param {Bars} bars */
function drawBars(name, bars, rows) {
  const count = counting in bars.counts ? counting : Object.keys(bars.counts)[0];
  const [one, many] = bars.counts[count];
  const words = (number) => plural(number, one, many);
  const drawn = rows.map((row) => ({
    of: bars.of.map((field) => row[field]).join('/'),
    count: row[count],
    ...(bars.as === 'columns'
      ? {
          name: minute(row.from),
          late: row.late,
          faults: faultsOf(row),
          label: `From ${minute(row.from)}: ${words(row[count])}`,
        }
      : {
          name: NAMES[bars.name]?.(row) ?? row[bars.name ?? ''],
          product: row.product,
        }),
  }));
  if (bars.as === 'columns') {
    drawColumns(part(name, '[data-bars]'), drawn);
    nameFaults(name, rows);
  } else drawRows(part(name, '[data-bars]'), drawn, mark);
  say(name, readingOf(bars, drawn, words));
}

const DRAW = {
  log({ log: entries }) {
    log?.show(entries);
    const moved = entries.find(({ user_id: user }) => user === own);
    if (moved !== undefined) {
      // An offer is left at once.
      const here = moved.to_state === 'offer' ? 'init' : moved.to_state;
      const nodes = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-state-node]'));
      for (const node of nodes) node.toggleAttribute('data-here', node.dataset.stateNode === here);
    }
    say(
      'log',
      entries.length === 0 ? 'Nobody has moved yet: click on a piece of clothing in the shop.' : '\u00a0',
    );
  },
  latest({ latest, meta }) {
    const now = rewoundTo === undefined ? serverNow() : Date.parse(meta.as_of);
    drawLatest(part('latest', '[data-rows]'), latest, now);
    say('latest', latest.length === 0 ? 'Nobody in 10 minutes.' : '\u00a0');
  },
};

/** Names of panels that nobody sees now: drawn once a second, the others each time. @type {Set<string>} */
const outOfSight = new Set();
let allDrawnAt = Number.NEGATIVE_INFINITY;
let drawingOthers;

function draw() {
  const wait = allDrawnAt + OTHERS_EVERY_MS - performance.now();
  if (wait <= 0) return drawAll();
  drawPanels((name) => !outOfSight.has(name));
  drawingOthers ??= setTimeout(() => drawSoon(drawAll), wait);
}

function drawAll() {
  clearTimeout(drawingOthers);
  drawingOthers = undefined;
  allDrawnAt = performance.now();
  drawPanels(() => true);
}

const sight = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen)
    if (isIntersecting) outOfSight.delete(target.id);
    else outOfSight.add(target.id);
  drawSoon(draw);
});
for (const one of document.querySelectorAll('.live-panel')) sight.observe(one);

/** @param {(name: string) => boolean} isWanted */
function drawPanels(isWanted) {
  if (newest === undefined) return;
  for (const [name, bars] of barPanels) if (isWanted(name)) drawBars(name, bars, newest[name]);
  for (const [name, drawOne] of Object.entries(DRAW))
    if (panel(name) !== null && isWanted(name)) drawOne(newest);
  const { freshness, lag, as_of: asOf } = newest.meta;
  setText(
    document.querySelector('[data-freshness]'),
    rewoundTo !== undefined
      ? `As of ${moment(asOf)}, ${clock(asOf)}.`
      : freshness.p50_ms === null
        ? `As of ${clock(asOf)}. No event in the last minute.`
        : `As of ${clock(asOf)}. Events of the last minute were ${age(freshness.p50_ms)} old when they were counted, 99 of 100 at most ${age(freshness.p99_ms)}.${waitingText(lag)}`,
  );
}

function snapshot(panels) {
  if (rewoundTo === undefined) serverAheadMs = Date.parse(panels.meta.as_of) - Date.now();
  newest = panels;
  raw?.show(panels.raw);
  drawSoon(drawAll);
}

function change(panels) {
  serverAheadMs = Date.parse(panels.meta.as_of) - Date.now();
  newest = { ...newest, ...panels };
  drawSoon(draw);
}

const askFaults = watchFaults(
  () => new Date(Date.now() - SHOWN_MS).toISOString(),
  () => drawSoon(draw),
);

listen(
  `/api/live/panels/stream?${new URLSearchParams({ robots, simulated })}`,
  {
    panels: (panels) => rewoundTo === undefined && snapshot(panels),
    changes: (panels) => {
      if (rewoundTo === undefined) change(panels);
      held?.panels.push(panels);
    },
    /** @param {{ added: PanelsAnswer['raw'] }} news */
    raw: ({ added }) => {
      if (rewoundTo === undefined) raw?.add(added);
      held?.added.unshift(...added);
    },
    faults: askFaults,
  },
  (connected) => {
    if (connected) void askFaults();
    const state = /** @type {HTMLElement} */ (document.querySelector('[data-connection]'));
    state.textContent = connected ? 'Live.' : 'Connection lost, trying again.';
    state.dataset.state = connected ? 'open' : 'lost';
  },
);

const drawAges = () => DRAW.latest(newest);
setInterval(
  () => rewoundTo === undefined && newest !== undefined && panel('latest') !== null && drawSoon(drawAges),
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
    drawSoon(drawAll);
  });
}

const slider = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-rewind]'));
const back = /** @type {HTMLElement | null} */ (document.querySelector('[data-rewind-now]'));
let asking;

function takeNewer({ panels, added }, { raw: known, meta }) {
  for (const told of panels) if (told.meta.as_of > meta.as_of) change(told);
  const ids = new Set(known.map(({ order_id: id }) => id));
  raw?.add(added.filter(({ order_id: id }) => !ids.has(id)));
}

function sayRewound(words) {
  const output = document.querySelector('[data-rewind-at]');
  if (output !== null) output.textContent = words;
}

function instantText(iso) {
  const minutes = Math.round((serverNow() - Date.parse(iso)) / 60_000);
  return minutes > 60 ? moment(iso) : `${clock(iso)}, ${plural(minutes, 'minute')} ago`;
}

/** Every panel as of an instant, which the page's address then names. @param {string | undefined} asked ISO; undefined: now */
async function rewind(asked) {
  rewoundTo = asked;
  main.toggleAttribute('data-rewound', asked !== undefined);
  if (back !== null) back.hidden = asked === undefined;
  sayRewound(asked === undefined ? 'now' : instantText(asked));
  const here = new URL(location.href);
  if (asked === undefined) here.searchParams.delete('at');
  else here.searchParams.set('at', asked);
  history.replaceState(null, '', here);
  held = asked === undefined ? { panels: [], added: [] } : undefined;
  try {
    const query = new URLSearchParams({ robots, simulated, ...(asked === undefined ? {} : { at: asked }) });
    const response = await fetch(address(`/api/live/panels?${query}`));
    const answer = await response.json();
    if (asked !== rewoundTo) return;
    if (!response.ok) throw new Error(answer.error.message);
    snapshot(answer);
    if (held !== undefined) takeNewer(held, answer);
  } catch (error) {
    if (asked === rewoundTo) sayRewound(`not shown: ${error.message}`);
  } finally {
    if (asked === rewoundTo) held = undefined;
  }
}

slider?.addEventListener('input', () => {
  clearTimeout(asking);
  const minutes = slider.valueAsNumber;
  const asked = minutes === 0 ? undefined : new Date(serverNow() + minutes * 60_000).toISOString();
  asking = setTimeout(() => void rewind(asked), REWIND_WAIT_MS);
});
back?.addEventListener('click', () => {
  if (slider !== null) slider.value = '0';
  void rewind(undefined);
});
const linked = new URLSearchParams(location.search).get('at');
if (linked !== null)
  if (Number.isNaN(Date.parse(linked)))
    sayRewound(`not shown: "${linked}" is no time, expected one as 2026-03-10T12:34:56Z`);
  else void rewind(new Date(linked).toISOString());
for (const select of document.querySelectorAll('select[data-whose]'))
  select.addEventListener('change', () => /** @type {HTMLSelectElement} */ (select).form?.submit());
document.querySelector('[data-apply]')?.remove();
