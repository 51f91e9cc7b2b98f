// The live panels: a snapshot, then changes after it. A page that was not seen or not connected is told everything anew.

import { address } from '../base.js';
import { clock, exact, moment, plural } from '../dashboard/format.js';
import '../crowd.js';
import { watchFaults } from '../fault-periods.js';
import { listen } from '../live.js';
import { Ages } from './ages.js';
import { barPanels, drawBars, say, sum } from './bar-panels.js';
import { setText } from './bars.js';
import { showBehind } from './behind.js';
import { afterPaint, drawSoon } from './frames.js';
import { drawLatest, moves, RawEvents } from './lists.js';
import './prove.js';

const SUMMARY_EVERY_MS = 30_000;
const REWIND_WAIT_MS = 150;
const OTHERS_EVERY_MS = 1_000;
/** Eight hours of sessions, an hour ago. */
const SHOWN_MS = 9 * 3_600_000;

const main = document.querySelector('main');
const { robots = 'exclude', simulated = 'include', visitor: own = '' } = main.dataset;
/** @param {string} name @returns {HTMLElement | null} */
const panel = (name) => document.getElementById(name);
/** @param {string} name  @param {string} selector @returns {HTMLElement} */
const part = (name, selector) => /** @type {HTMLElement} */ (panel(name)?.querySelector(selector));
const [rawPanel, logPanel] = [panel('raw'), panel('log')];
const raw = rawPanel === null ? undefined : new RawEvents(rawPanel);
const log = logPanel === null ? undefined : moves(logPanel, own);
/** @typedef {import('../../../src/dashboard/live/answer.ts').PanelsAnswer} PanelsAnswer */
/** @typedef {import('../../../src/dashboard/live/answer.ts').Told} Told */
/** @typedef {import('../../../src/dashboard/panels/panels.ts').PanelName} PanelName */
/** @typedef {PanelsAnswer['raw']} RawRows */
/** @typedef {{ panels: Told[], added: RawRows[number][] }} Held */

/** @type {PanelsAnswer} */
let newest;
let counting = 'people';
/** The instant of a look back, ISO; undefined: now. */
/** @type {string | undefined} */
let rewoundTo;
/** The server's clock less this machine's. */
let serverAheadMs = 0;
const serverNow = () => Date.now() + serverAheadMs;
/** What was told while a snapshot of now is on its way, which may be older. @type {Held | undefined} */
let held;

/** @param {number} ms */
const age = (ms) => {
  if (ms < 10_000) return `${exact(ms)} ms`;
  return ms < 600_000 ? `${exact(Math.round(ms / 1000))} s` : `${exact(Math.round(ms / 60_000))} min`;
};

/** How old events were in each panel when it had painted them. */
const ages = new Map(
  [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.live-panel'))].map(
    ({ id, dataset }) => [
      /** @type {PanelName} */ (id),
      { of: /** @type {keyof Told['meta']['ages']} */ (dataset.source), own: new Ages() },
    ],
  ),
);
/** The most that the server's clock was ahead of this one in a message since the connection: what a message takes is no part of it. */
let clockAheadMs = Number.NEGATIVE_INFINITY;
const paintedAt = () => Date.now() + clockAheadMs;

/** @param {number} atMs when the server wrote a message that has just come */
function noteClock(atMs) {
  serverAheadMs = atMs - Date.now();
  clockAheadMs = Math.max(clockAheadMs, serverAheadMs);
}

/** @param {Told['meta']} meta */
function noteTold({ as_of: asOf, ages: told }) {
  const atMs = Date.parse(asOf);
  for (const [name, { of, own }] of ages) {
    const { n, ages: some } = (name === 'raw' ? undefined : told[of]) ?? { n: 0, ages: [] };
    own.told(
      some.map((one) => atMs - one),
      n,
    );
  }
}

function sayFreshness() {
  for (const [name, { own }] of ages) {
    const fresh = own.percentiles(paintedAt());
    const { lag = null } = newest?.meta.freshness.panels[name] ?? {};
    const words =
      fresh === undefined ? 'No new event painted' : `Event → pixel ${age(fresh.p50)}, p99 ${age(fresh.p99)}`;
    setText(
      part(name, '[data-fresh]'),
      rewoundTo === undefined ? `${words}${lag === null ? '' : ` · lag ${exact(lag)}`}` : '\u00a0',
    );
  }
}

/** @param {PanelsAnswer['log']} entries  @param {PanelsAnswer['meta']} meta */
function logWords(entries, meta) {
  const { as_of: asOf, log_since: since } = meta;
  if (since !== null && asOf < since)
    return `The log is kept since ${moment(since)}, ${clock(since)}: what moved visitors before is gone.`;
  return entries.length === 0 ? 'Nobody has moved yet.' : '\u00a0';
}

const DRAW = {
  /** @param {PanelsAnswer} answer */
  log({ log: entries, meta }) {
    log?.show(entries);
    const moved = entries.find(({ user_id: user }) => user === own);
    if (moved !== undefined) {
      // An offer is left at once.
      const here = moved.to_state === 'offer' ? 'init' : moved.to_state;
      const nodes = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-state-node]'));
      for (const node of nodes) node.toggleAttribute('data-here', node.dataset.stateNode === here);
    }
    say('log', logWords(entries, meta), entries.length === 0);
  },
  /** @param {PanelsAnswer} answer */
  latest({ latest, meta }) {
    const now = rewoundTo === undefined ? serverNow() : Date.parse(meta.as_of);
    drawLatest(part('latest', '[data-rows]'), latest, now);
    say('latest', latest.length === 0 ? 'Nobody in 10 minutes.' : '\u00a0', latest.length === 0);
  },
};

/** Names of panels that nobody sees now: drawn once a second, the others each time. @type {Set<string>} */
const outOfSight = new Set();
let allDrawnAt = Number.NEGATIVE_INFINITY;
/** @type {Timer | undefined} */
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

/** @param {PanelsAnswer} answer  @param {string} name of a panel of bars */
const rowsOf = (answer, name) =>
  /** @type {readonly import('./bar-panels.js').Row[]} */ (answer[/** @type {'visitors'} */ (name)]);

/** @param {(name: string) => boolean} isWanted */
function drawPanels(isWanted) {
  if (newest === undefined) return;
  for (const [name, bars] of barPanels)
    if (isWanted(name)) drawBars(name, bars, rowsOf(newest, name), counting);
  for (const [name, drawOne] of Object.entries(DRAW))
    if (panel(name) !== null && isWanted(name)) drawOne(newest);
  afterPaint(() => {
    for (const [name, { own }] of ages) if (isWanted(name) && name !== 'raw') own.painted(paintedAt());
  });
  const { as_of: asOf } = newest.meta;
  setText(
    document.querySelector('[data-as-of]'),
    rewoundTo === undefined ? `As of ${clock(asOf)}.` : `As of ${moment(asOf)}, ${clock(asOf)}.`,
  );
}

/** @param {PanelsAnswer} panels */
function snapshot(panels) {
  if (rewoundTo === undefined) noteClock(Date.parse(panels.meta.as_of));
  newest = panels;
  for (const { own } of ages.values()) own.forget();
  raw?.show(panels.raw);
  drawSoon(drawAll);
}

/** @param {RawRows} added */
function addRaw(added) {
  raw?.add(added);
  const own = ages.get('raw')?.own;
  if (own === undefined || raw?.isStill) return;
  own.told(added.map(({ arrived }) => Date.parse(arrived)));
  afterPaint(() => own.painted(paintedAt()));
}

/** @param {Told} panels */
function change(panels) {
  noteClock(Date.parse(panels.meta.as_of));
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
    /** @param {PanelsAnswer} panels */
    panels: (panels) => rewoundTo === undefined && snapshot(panels),
    /** @param {Told} panels */
    changes: (panels) => {
      if (rewoundTo === undefined) {
        noteTold(panels.meta);
        change(panels);
      }
      held?.panels.push(panels);
    },
    /** @param {{ added: RawRows }} news */
    raw: ({ added }) => {
      if (rewoundTo === undefined) addRaw(added);
      held?.added.unshift(...added);
    },
    faults: askFaults,
  },
  (connected) => {
    clockAheadMs = Number.NEGATIVE_INFINITY;
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

setInterval(sayFreshness, 1_000);

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
  query.set('counted', newest.meta.counted);
  const words = bar.getAttribute('aria-label') ?? '';
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
/** @type {Timer | undefined} */
let asking;

/** @param {Held} held  @param {PanelsAnswer} snapshot */
function takeNewer({ panels, added }, { raw: known, meta }) {
  for (const told of panels) if (told.meta.as_of > meta.as_of) change(told);
  const ids = new Set(known.map(({ order_id: id }) => id));
  raw?.add(added.filter(({ order_id: id }) => !ids.has(id)));
}

/** @param {string} words */
function sayRewound(words) {
  const output = document.querySelector('[data-rewind-at]');
  if (output !== null) output.textContent = words;
}

/** @param {string} iso */
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
    if (!response.ok) throw new Error(`${answer.error.message}, expected ${answer.error.expected}`);
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
