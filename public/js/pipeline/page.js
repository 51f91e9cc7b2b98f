// The page /pipeline: the picture, the figures and the parts follow the stream; forms act without a reload.

import { address } from '../base.js';
import '../crowd.js';
import { listen } from '../live.js';
import { Drawing } from './drawing.js';
import { followerRows } from './followers.js';
import { bytes, exact, lasting } from './format.js';
import { changesBetween } from './happened.js';
import './prove.js';
import { faultLines, partitionRows, stateWords, valueAt, verdictOf } from './words.js';

/** @typedef {import('../../../src/pipeline/state.ts').PipelineState} PipelineState */

const MOST_HAPPENED = 40;
/** How long the page says why an act was refused. */
const REFUSED_MS = 8_000;

const main = document.querySelector('main');
/** @param {string} selector @returns {HTMLElement} */
const find = (selector) => main.querySelector(selector);
const drawing = new Drawing(find('[data-drawing]'));
const happened = find('[data-happened]');
const said = find('[data-said]');
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
/** @type {PipelineState | undefined} */
let newest;
/** What this machine's clock shows less what the shop's does, in milliseconds. */
let ahead = 0;

/** @param {Element | null} element  @param {string} text */
function set(element, text) {
  if (element !== null && element.textContent !== text) element.textContent = text;
}

/** @param {PipelineState} state */
function show(state) {
  ahead = Date.now() - Date.parse(state.at);
  for (const words of changesBetween(newest, state)) tell(words);
  newest = state;
  drawing.show(state);
  for (const cell of main.querySelectorAll('[data-field]')) {
    const { field = '' } = cell.dataset;
    const value = valueAt(state, field);
    set(cell, field.endsWith('bytes') ? bytes(value) : exact(value));
  }
  showLedger(state.ledger);
  showParts(state.parts);
  showRows(find('[data-partitions]'), partitionRows(state.kafka));
  showRows(find('[data-followers]'), followerRows(state.followers));
  showFaults(state.faults);
}

/** @param {string} words */
function tell(words) {
  const line = document.createElement('li');
  const time = document.createElement('time');
  time.textContent = clock.format(new Date());
  line.append(time, ` ${words}`);
  happened.prepend(line);
  while (happened.children.length > MOST_HAPPENED) happened.lastChild?.remove();
  find('[data-nothing]').hidden = true;
  said.textContent = words;
}

/** @param {PipelineState['ledger']} ledger */
function showLedger(ledger) {
  const section = find('[data-ledger]');
  section.dataset.whole = String(ledger?.whole ?? '');
  set(find('[data-verdict]'), verdictOf(ledger));
  if (ledger === null) return;
  find('[data-term="absent"]').hidden = ledger.absent === 0;
  for (const piece of /** @type {Iterable<HTMLElement>} */ (find('[data-ledger-bar]').children)) {
    const count = Number(valueAt(ledger, piece.dataset.of ?? ''));
    piece.style.flexGrow = String(count);
    piece.hidden = count === 0;
  }
}

/** @param {PipelineState['parts']} parts */
function showParts(parts) {
  const now = Date.now() - ahead;
  for (const part of parts) {
    const card = find(`[data-part="${part.part}"]`) ?? newCard(part.part);
    if (card === undefined) continue;
    card.dataset.state = part.state;
    set(card.querySelector('[data-state-words]'), stateWords(part, now));
    set(card.querySelector('[data-pid]'), part.pid === null ? '–' : String(part.pid));
    set(
      card.querySelector('[data-up]'),
      part.since === null ? '–' : lasting((now - Date.parse(part.since)) / 1000),
    );
    set(card.querySelector('[data-memory]'), bytes(part.memory));
    set(card.querySelector('[data-ends]'), `${part.ends} ×`);
    const acts = ['pause', 'resume'].map((act) => card.querySelector(`[data-act="${act}"]`));
    const [gone, there] = part.state === 'paused' ? acts : acts.toReversed();
    if (gone && there) swap(gone, there);
  }
}

/** One form takes the place of the other, and the keyboard's focus with it. @param {HTMLElement} gone  @param {HTMLElement} there */
function swap(gone, there) {
  const hasFocus = gone.contains(document.activeElement);
  there.hidden = false;
  if (hasFocus) there.querySelector('button').focus();
  gone.hidden = true;
}

/** Of a part that was not there when the page was made. @param {string} name */
function newCard(name) {
  const blank = /** @type {HTMLTemplateElement | null} */ (find(`[data-blank="${name}"]`));
  const card = /** @type {HTMLElement | undefined} */ (blank?.content.firstElementChild?.cloneNode(true));
  if (card !== undefined) find('[data-parts]').append(card);
  return card;
}

/** @param {HTMLElement} place a table's body  @param {readonly (readonly string[])[]} rows the first text of each is its head */
function showRows(place, rows) {
  const body = /** @type {HTMLTableSectionElement} */ (place);
  while (body.rows.length > rows.length) body.deleteRow(-1);
  for (const [index, texts] of rows.entries()) {
    const row = body.rows[index] ?? newRow(body, texts.length);
    for (const [at, cell] of [...row.cells].entries()) set(cell, texts[at] ?? '');
  }
}

/** @param {HTMLTableSectionElement} body  @param {number} columns */
function newRow(body, columns) {
  const row = body.insertRow();
  const head = document.createElement('th');
  head.scope = 'row';
  row.append(head);
  for (let cell = 1; cell < columns; cell += 1) row.insertCell();
  return row;
}

/** @param {PipelineState['faults']} faults */
function showFaults(faults) {
  const lines = faultLines(faults, Date.now() - ahead);
  const list = find('[data-faults]');
  while (list.children.length > lines.length) list.lastChild?.remove();
  for (const [index, words] of lines.entries()) {
    if (list.children[index] === undefined) list.append(document.createElement('li'));
    set(list.children[index] ?? null, words);
  }
  find('[data-no-faults]').hidden = lines.length > 0;
}

main.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.act === undefined) return;
  event.preventDefault();
  const path = new URL(form.action).pathname.replace(/^(.*)\/pipeline\//, '$1/api/pipeline/');
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  try {
    const response = await fetch(path, { method: 'POST', headers, body });
    if (response.ok) return;
    const { error } = await response.json();
    refuse(`${error.message}${error.expected === null ? '' : `; expected ${error.expected}`}`);
  } catch {
    refuse('the shop does not answer; press again to try once more');
  }
});

/** @type {Timer | undefined} */
let forgetting;
/** @param {string} words */
function refuse(words) {
  const place = find('[data-refused]');
  place.textContent = `Not done: ${words}.`;
  place.hidden = false;
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    place.hidden = true;
  }, REFUSED_MS);
}

const connection = find('[data-connection]');
listen('/api/pipeline/stream', { pipeline: show }, (connected) => {
  connection.dataset.state = connected ? 'live' : 'lost';
  connection.textContent = connected ? 'Live' : 'Connection lost, coming back';
});

// The shop's streams may all be taken: the page then shows the state at least once.
fetch(address('/api/pipeline'), { headers: { Accept: 'application/json' } })
  .then((response) => (response.ok ? response.json() : undefined))
  .then((state) => state === undefined || newest !== undefined || show(state))
  .catch(() => {});
