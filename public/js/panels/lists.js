// The two lists: latest visitors, whose "when" goes on by itself, and raw events, which can be searched and paused.

import { address } from '../base.js';
import { CATEGORY_NAMES, clock, moment } from '../dashboard/format.js';
import { mark } from '../marks.js';
import { element, keepElements, setText } from './bars.js';

const KINDS = { banner_show: 'show', banner_click: 'click', order: 'order' };
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

function ago(iso, now) {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  return seconds > -60
    ? relative.format(seconds, 'second')
    : relative.format(Math.trunc(seconds / 60), 'minute');
}

const makeRow = (cells) => () => element('tr', '', ...Array.from({ length: cells }, () => element('td', '')));

const makeVisitor = () =>
  element(
    'tr',
    '',
    element('td', '', element('span', ''), element('span', 'live-when')),
    element('td', ''),
    element('td', ''),
  );

/** @param {number} now of the panels, in milliseconds */
export function drawLatest(root, visitors, now) {
  keepElements(root, visitors, makeVisitor, (row, { time, ip, country }) => {
    const [when, from, where] = row.children;
    setText(when.firstElementChild, ago(time, now));
    setText(when.lastElementChild, moment(time));
    setText(from, ip ?? '–');
    setText(where, country);
  });
}

/** What moved visitors, the newest first. @param {string} own the visitor who looks */
export function drawLog(root, entries, own) {
  keepElements(root, entries, makeRow(5), (row, { at, user_id: user, from_state, to_state, because }) => {
    const who = user === own ? 'you' : user.slice(0, 8);
    const texts = [clock(at), who, from_state.replace('_', ' '), to_state.replace('_', ' '), because];
    for (const [n, text] of texts.entries()) setText(row.children[n], text);
  });
}

export class RawEvents {
  #panel;
  #events = [];
  #paused;
  #waiting = 0;
  #drawn = '';
  /** The rows that are shown, by order_id. @type {Map<string, HTMLElement>} */
  #rows = new Map();

  constructor(panel) {
    this.#panel = panel;
    panel.querySelector('[data-pause]').addEventListener('click', () => this.#togglePause());
    panel.querySelector('[data-search]').addEventListener('input', () => this.draw());
  }

  /** The whole list. */
  show(events) {
    this.#events = events;
    this.#waiting = 0;
    this.draw();
  }

  /** Events that came, the newest first. */
  add(added) {
    if (added.length === 0) return;
    const ids = new Set(added.map(({ order_id }) => order_id));
    this.#events = [...added, ...this.#events.filter(({ order_id }) => !ids.has(order_id))].slice(0, 100);
    this.#waiting += added.length;
    this.draw();
  }

  draw() {
    const pause = this.#panel.querySelector('[data-pause]');
    pause.textContent = this.#paused === undefined ? 'Pause' : `Go on (+${this.#waiting} new)`;
    const words = this.#panel.querySelector('[data-search]').value.trim().toLowerCase();
    const events = (this.#paused ?? this.#events).filter((event) => matches(event, words));
    const drawn = `${words} ${events.map(({ order_id }) => order_id).join()}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#rows = new Map(
      events.map((event) => [event.order_id, this.#rows.get(event.order_id) ?? rowOf(event)]),
    );
    keepRows(this.#panel.querySelector('[data-rows]'), [...this.#rows.values()]);
    this.#panel.querySelector('[data-reading]').textContent =
      words === '' ? '\u00a0' : `${events.length} of ${(this.#paused ?? this.#events).length} match.`;
  }

  #togglePause() {
    this.#paused = this.#paused === undefined ? this.#events : undefined;
    this.#waiting = 0;
    this.#panel
      .querySelector('[data-pause]')
      .setAttribute('aria-pressed', String(this.#paused !== undefined));
    this.draw();
  }
}

/** Makes these rows the children; those that stay are not touched, as a list that is told of 20 times a second is costly to lay out. */
function keepRows(root, rows) {
  const kept = new Set(rows);
  for (const row of [...root.children]) if (!kept.has(row)) row.remove();
  for (const [n, row] of rows.entries())
    if (root.children[n] !== row) root.insertBefore(row, root.children[n] ?? null);
}

// Each word, in lower case, has to be in what the row says, or in what it is about.
function matches({ product, time, topic, partition, offset, ...rest }, words) {
  if (words === '') return true;
  const shown = [clock(time), CATEGORY_NAMES[product], `${topic} ${partition}/${offset}`];
  const text = [...shown, product, time, ...Object.values(rest)].join(' ').toLowerCase();
  return words.split(/\s+/).every((word) => text.includes(word));
}

function rowOf({ order_id, title, product, item, time, topic, partition, offset }) {
  const link = element('a', '', `${topic} ${partition}/${offset}`);
  link.href = address(`/events/${order_id}`);
  return element(
    'tr',
    '',
    element('td', '', clock(time)),
    element('td', '', KINDS[title]),
    element('td', '', mark(product), CATEGORY_NAMES[product]),
    element('td', '', item ?? ''),
    element('td', '', link),
  );
}
