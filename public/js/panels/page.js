// The live panels: a snapshot, then changes after it. A page that was not seen or not connected is told everything anew.

import { address } from '../base.js';
import { clock, moment, plural } from '../dashboard/format.js';
import '../crowd.js';
import { watchFaults } from '../fault-periods.js';
import { listen } from '../live.js';
import { messageOf } from '../message-of.js';
import { barPanels, drawBars, say, sum } from './bar-panels.js';
import { setText } from './bars.js';
import { showBehind } from './behind.js';
import { afterPaint, drawSoon } from './frames.js';
import {
  forgetClock,
  forgetTold,
  noteClock,
  notePainted,
  noteRaw,
  noteRawPainted,
  noteTold,
  sayFreshness,
  serverNow,
} from './freshness.js';
import { drawLatest, moves, RawEvents } from './lists.js';
import './prove.js';
import { rewoundTo, sayNotShown, sayShown, watchRewind } from './rewind.js';

const SUMMARY_EVERY_MS = 30_000;
const OTHERS_EVERY_MS = 1_000;
const AGAIN_MS = 2_000;
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
/** @typedef {PanelsAnswer['raw']} RawRows */
/** @typedef {{ panels: Told[], added: RawRows[number][] }} Held */

/** @type {PanelsAnswer} */
let newest;
let counting = 'people';
/** What was told while a snapshot of now is on its way, which may be older. @type {Held | undefined} */
let held;

/** Where the visitor who looks is in the state machine. */
let ownPlace = document.querySelector('[data-state-node][data-here]')?.dataset.stateNode;

/** Where the newest of these entries has moved that visitor; undefined where none did. @param {PanelsAnswer['log']} entries */
function placeIn(entries) {
  const state = entries.find(({ user_id: user }) => user === own)?.to_state;
  // An offer is left at once.
  return state === 'offer' ? 'init' : state;
}

/** @param {PanelsAnswer['log']} entries  @param {PanelsAnswer['meta']} meta  @param {string | undefined} here */
function logWords(entries, meta, here) {
  const { as_of: asOf, log_since: since } = meta;
  if (since !== null && asOf < since)
    return `The log is kept since ${moment(since)}, ${clock(since)}: what moved visitors before is gone.`;
  if (entries.length === 0) return 'Nobody has moved yet.';
  return here === undefined ? '\u00a0' : `You are at “${here.replace('_', ' ')}”.`;
}

const DRAW = {
  /** @param {PanelsAnswer} answer */
  log({ log: entries, meta }) {
    log?.show(entries);
    // Of an instant only its last moves are known: who is not among them may be anywhere.
    const here = rewoundTo() === undefined ? ownPlace : placeIn(entries);
    for (const node of document.querySelectorAll('[data-state-node]'))
      node.toggleAttribute('data-here', node.dataset.stateNode === here);
    say('log', logWords(entries, meta, here), entries.length === 0);
  },
  /** @param {PanelsAnswer} answer */
  latest({ latest, meta }) {
    const now = rewoundTo() === undefined ? serverNow() : Date.parse(meta.as_of);
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
  afterPaint(() => notePainted(isWanted));
  const { as_of: asOf } = newest.meta;
  setText(
    document.querySelector('[data-as-of]'),
    rewoundTo() === undefined ? `As of ${clock(asOf)}.` : `As of ${moment(asOf)}, ${clock(asOf)}.`,
  );
}

/** @param {PanelsAnswer} panels */
function snapshot(panels) {
  if (rewoundTo() === undefined) {
    noteClock(Date.parse(panels.meta.as_of));
    ownPlace = placeIn(panels.log) ?? ownPlace;
  }
  newest = panels;
  forgetTold();
  raw?.show(panels.raw);
  drawSoon(drawAll);
}

/** @param {RawRows} added */
function addRaw(added) {
  raw?.add(added);
  if (raw === undefined || raw.isStill) return;
  noteRaw(added.map(({ arrived }) => arrived));
  afterPaint(noteRawPainted);
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
    panels: (panels) => rewoundTo() === undefined && snapshot(panels),
    /** @param {Told} panels */
    changes: (panels) => {
      ownPlace = placeIn(panels.log) ?? ownPlace;
      if (rewoundTo() === undefined) {
        noteTold(panels.meta);
        change(panels);
      }
      held?.panels.push(panels);
    },
    /** @param {{ added: RawRows }} news */
    raw: ({ added }) => {
      if (rewoundTo() === undefined) addRaw(added);
      held?.added.unshift(...added);
    },
    faults: askFaults,
  },
  (connected) => {
    forgetClock();
    if (connected) void askFaults();
    const state = /** @type {HTMLElement} */ (document.querySelector('[data-connection]'));
    state.textContent = connected ? 'Live.' : 'Connection lost, trying again.';
    state.dataset.state = connected ? 'open' : 'lost';
  },
);

const drawAges = () => DRAW.latest(newest);
setInterval(
  () => rewoundTo() === undefined && newest !== undefined && panel('latest') !== null && drawSoon(drawAges),
  1_000,
);

setInterval(() => sayFreshness(newest?.meta.freshness, rewoundTo() === undefined), 1_000);

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
  query.set('at', rewoundTo() ?? newest.meta.as_of);
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

/** @param {Held} held  @param {PanelsAnswer} snapshot */
function takeNewer({ panels, added }, { raw: known, meta }) {
  for (const told of panels) if (told.meta.as_of > meta.as_of) change(told);
  const ids = new Set(known.map(({ order_id: id }) => id));
  raw?.add(added.filter(({ order_id: id }) => !ids.has(id)));
}

/** @type {Timer | undefined} */
let again;

/** Every panel as of an instant. @param {string | undefined} asked ISO; undefined: now */
async function rewind(asked) {
  clearTimeout(again);
  // A list that stands still would be of another instant.
  raw?.goOn();
  held = asked === undefined ? { panels: [], added: [] } : undefined;
  try {
    const query = new URLSearchParams({ robots, simulated, ...(asked === undefined ? {} : { at: asked }) });
    const response = await fetch(address(`/api/live/panels?${query}`));
    const answer = await response.json();
    if (asked !== rewoundTo()) return;
    if (!response.ok) throw new Error(`${answer.error.message}, expected ${answer.error.expected}`);
    snapshot(answer);
    sayShown();
    if (held !== undefined) takeNewer(held, answer);
  } catch (error) {
    if (asked !== rewoundTo()) return;
    sayNotShown(messageOf(error));
    // The stream brings the other panels to now, and of the raw events only those that come.
    if (asked === undefined) again = setTimeout(() => rewind(undefined), AGAIN_MS);
  } finally {
    if (asked === rewoundTo()) held = undefined;
  }
}

watchRewind((asked) => void rewind(asked));

// The page that comes has the focus where this one has it: a keyboard goes on from there.
for (const select of /** @type {NodeListOf<HTMLSelectElement>} */ (
  document.querySelectorAll('select[data-whose]')
))
  select.addEventListener('change', () => {
    const form = /** @type {HTMLFormElement} */ (select.form);
    form.action += `#${select.id}`;
    form.submit();
  });
document.querySelector('[data-apply]')?.remove();
