// The lists: latest visitors, whose "when" goes on by itself; what moved visitors; and raw events, which can be searched and paused.

import { address } from '../base.js';
import { categoryName, clock, moment } from '../dashboard/format.js';
import { mark, PRODUCTS } from '../marks.js';
import { element, keepElements, setText } from './bars.js';
import { drawSoon } from './frames.js';
import { MovingRows } from './moving-rows.js';

/** @typedef {import('../../../src/dashboard/live/answer.ts').PanelsAnswer} PanelsAnswer */
/** @typedef {PanelsAnswer['raw'][number]} RawRow */

const KINDS = { banner_show: 'show', banner_click: 'click', order: 'order' };
const RAW_EVENTS = 100;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

let newestClock = { second: '', text: '' };

/** clock() of an instant in UTC. The last text is kept, as lists ask for that of one second hundreds of times. @param {string} iso */
function clockOf(iso) {
  const second = iso.slice(0, 19);
  if (newestClock.second !== second) newestClock = { second, text: clock(iso) };
  return newestClock.text;
}

/** @param {string} iso  @param {number} now milliseconds since 1970 */
function ago(iso, now) {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  return seconds > -60
    ? relative.format(seconds, 'second')
    : relative.format(Math.trunc(seconds / 60), 'minute');
}

const makeVisitor = () =>
  element(
    'tr',
    '',
    element('td', '', element('span', ''), element('span', 'live-when')),
    element('td', ''),
    element('td', ''),
  );

/** @param {Element} root  @param {PanelsAnswer['latest']} visitors  @param {number} now of the panels, in milliseconds */
export function drawLatest(root, visitors, now) {
  keepElements(root, visitors, makeVisitor, (row, { time, ip, country, simulated }) => {
    row.toggleAttribute('data-simulated', simulated);
    const [when, from, where] = row.children;
    const [words, instant] = when?.children ?? [];
    setText(words, ago(time, now));
    setText(instant, moment(time));
    setText(from, ip ?? '–');
    setText(where, country);
  });
}

/** @param {(string | Node)[]} contents of each cell */
function rowOf(contents) {
  const row = element('tr', '', ...contents.map((content) => element('td', '', content)));
  row.setAttribute('role', 'row');
  for (const cell of row.children) cell.setAttribute('role', 'cell');
  return row;
}

/** @param {Text} text  @param {string} data */
function setData(text, data) {
  if (text.data !== data) text.data = data;
}

/** What moved visitors, the newest first. @param {HTMLElement} panel  @param {string} own the visitor who looks */
export function moves(panel, own) {
  const make = () => {
    const parts = Array.from({ length: 5 }, () => new Text());
    return { row: rowOf(parts), parts };
  };
  return new MovingRows(
    panel.querySelector('[data-rows]'),
    make,
    /** @param {Text[]} parts  @param {PanelsAnswer['log'][number]} entry */
    (parts, { at, user_id: user, from_state, to_state, because }) => {
      const who = user === own ? 'you' : user.slice(0, 8);
      const words = [clockOf(at), who, from_state.replace('_', ' '), to_state.replace('_', ' '), because];
      for (const [n, part] of parts.entries()) setData(part, words[n] ?? '');
    },
  );
}

const MARKS = new Map(PRODUCTS.map((product) => [product, mark(product)]));

/**
 * Turns a mark into that of another category: a new element would cost several times as much, many times a second.
 * @param {Element} svg
 * @param {string} product
 */
function changeMark(svg, product) {
  const other = MARKS.get(product);
  const shape = other?.firstElementChild;
  for (const name of ['d', 'class'])
    svg.firstElementChild?.setAttribute(name, shape?.getAttribute(name) ?? '');
  svg.setAttribute('class', other?.getAttribute('class') ?? '');
}

/** Plain letters that a column has room for, in characters. */
const ITEM_ROOM = 16;
const PLACE_ROOM = 24;

/**
 * Cuts off what may be too long for its cell, and that alone: a cell that cuts costs as much as all its text.
 * @param {Element | undefined} cell
 * @param {string} text
 * @param {number} room
 */
function cutLong(cell, text, room) {
  cell?.toggleAttribute('data-long', text.length > room || /[^ -~]/.test(text));
}

function makeEvent() {
  const [time, kind, category, item, place] = [new Text(), new Text(), new Text(), new Text(), new Text()];
  const [product = ''] = PRODUCTS;
  const shape = mark(product);
  const link = element('a', '', place);
  const row = rowOf([time, kind, category, item, link]);
  category.before(shape);
  const [, , , itemCell, placeCell] = row.children;
  return {
    row,
    parts: { row, time, kind, category, item, place, shape, link, product, itemCell, placeCell },
  };
}

/** @param {ReturnType<typeof makeEvent>['parts']} parts  @param {RawRow} event */
function fillEvent(parts, { order_id, title, product, item, simulated, time, topic, partition, offset }) {
  parts.row.toggleAttribute('data-simulated', simulated);
  setData(parts.time, clockOf(time));
  setData(parts.kind, KINDS[title]);
  setData(parts.category, categoryName(product));
  setData(parts.item, item ?? '');
  cutLong(parts.itemCell, parts.item.data, ITEM_ROOM);
  setData(parts.place, `${topic} ${partition}/${offset}`);
  cutLong(parts.placeCell, parts.place.data, PLACE_ROOM);
  parts.link.href = address(`/events/${order_id}`);
  if (parts.product === product) return;
  parts.product = product;
  changeMark(parts.shape, product);
}

/**
 * The last events. They stand still while the reader has paused them, has the keyboard's focus on one, or has words of one selected:
 * what somebody reads or is about to open doesn't change into something else.
 */
export class RawEvents {
  #panel;
  #search;
  #rows;
  /** @type {readonly RawRow[]} */
  #events = [];
  /** Why they stand still. @type {Set<'pause' | 'focus' | 'selection'>} */
  #reasons = new Set();
  /** Those that stand still: what the reader saw. @type {readonly RawRow[] | undefined} */
  #kept;
  /** @type {readonly RawRow[]} */
  #drawn = [];
  #waiting = 0;
  #draw = () => this.draw();

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.#panel = panel;
    this.#search = /** @type {HTMLInputElement} */ (panel.querySelector('[data-search]'));
    const body = panel.querySelector('[data-rows]');
    this.#rows = new MovingRows(body, makeEvent, fillEvent);
    panel.querySelector('[data-pause]').addEventListener('click', () => {
      const isStill = this.#reasons.size > 0;
      this.#reasons.clear();
      this.#stand('pause', !isStill);
    });
    this.#search.addEventListener('input', this.#draw);
    body.addEventListener('focusin', ({ target }) =>
      this.#stand('focus', /** @type {Element} */ (target).matches(':focus-visible')),
    );
    body.addEventListener('focusout', () => this.#stand('focus', false));
    document.addEventListener('selectionchange', () => {
      const selection = getSelection();
      this.#stand('selection', selection?.isCollapsed === false && body.contains(selection.anchorNode));
    });
  }

  get isStill() {
    return this.#reasons.size > 0;
  }

  /** What stood still goes on. */
  goOn() {
    this.#reasons.clear();
    this.#stand('pause', false);
  }

  /** The whole list. @param {readonly RawRow[]} events */
  show(events) {
    this.#events = events;
    this.#waiting = 0;
    drawSoon(this.#draw);
  }

  /** Events that came, the newest first. @param {readonly RawRow[]} added */
  add(added) {
    if (added.length === 0) return;
    const ids = new Set(added.map(({ order_id }) => order_id));
    this.#events = [...added, ...this.#events.filter(({ order_id }) => !ids.has(order_id))].slice(
      0,
      RAW_EVENTS,
    );
    this.#waiting += added.length;
    drawSoon(this.#draw);
  }

  draw() {
    const isStill = this.#kept !== undefined;
    setText(this.#panel.querySelector('[data-pause]'), isStill ? `Go on (+${this.#waiting} new)` : 'Pause');
    const words = this.#search.value.trim().toLowerCase();
    const all = this.#kept ?? this.#events;
    if (!isStill) this.#waiting = 0;
    this.#drawn = all;
    const events = words === '' ? all : all.filter((event) => matches(event, words));
    this.#rows.show(events, isStill);
    setText(
      this.#panel.querySelector('[data-reading]'),
      words === ''
        ? all.length === 0
          ? 'No event yet.'
          : '\u00a0'
        : `${events.length} of ${all.length} match.`,
    );
    this.#panel.toggleAttribute('data-empty', all.length === 0);
  }

  /** @param {'pause' | 'focus' | 'selection'} reason  @param {boolean} isReason */
  #stand(reason, isReason) {
    const wasStill = this.#kept !== undefined;
    if (isReason) this.#reasons.add(reason);
    else this.#reasons.delete(reason);
    const isStill = this.#reasons.size > 0;
    if (isStill === wasStill) return;
    this.#kept = isStill ? this.#drawn : undefined;
    this.#panel.querySelector('[data-pause]').setAttribute('aria-pressed', String(isStill));
    this.draw();
  }
}

/**
 * Whether each word, in lower case, is in what the row says, or in what it is about.
 * @param {RawRow} row
 * @param {string} words
 */
function matches({ product, simulated, time, topic, partition, offset, ...rest }, words) {
  const made = simulated ? 'simulated' : '';
  const shown = [clockOf(time), categoryName(product), made, `${topic} ${partition}/${offset}`];
  const text = [...shown, product, time, ...Object.values(rest)].join(' ').toLowerCase();
  return words.split(/\s+/).every((word) => text.includes(word));
}
