// The pipe as a picture: six stations, five arrows with dots that move, the partitions' newest records as cells, the followers below.

import { buildFollowers, fillFollowers } from './followers.js';
import { short } from './format.js';
import { buildLane, fillLane } from './lanes.js';
import { placesOf, STATIONS } from './places.js';
import { faultOf, healthOf, inWords, linesOf, outboxShare, rateOf, topicWords } from './stations.js';
import { make, SVG, set } from './svg.js';

/** @typedef {import('../../../src/pipeline/state.ts').PipelineState} PipelineState */
/** @typedef {import('./places.js').Station} Station */
/** @typedef {import('./places.js').Box} Box */
/** @typedef {{ group: SVGElement, lines: SVGElement[], fill?: SVGElement, room?: number, side?: SVGElement }} Drawn a station; `fill` of a gauge that is `room` wide */
/** @typedef {import('./places.js').Line & { group: SVGElement, rate: SVGElement, fault: SVGElement, dots: SVGElement }} Arrow */
/** @typedef {import('./lanes.js').Lane} Lane */

const NARROW_BELOW = 980;
const MOST_LANES = 6;
const MOST_FOLLOWERS = 9;
/** Dots a second on an arrow at most; more would be a line. */
const MOST_DOTS = 14;
const TRAVEL_MS = 300;
/** Of the outbox's gauge, where anything waits: less would not be seen. */
const LEAST_GAUGE = 3;

/** @type {Readonly<Record<Station, string>>} */
const TITLES = {
  shop: 'Shop',
  outbox: 'Outbox',
  kafka: 'Kafka',
  ingest: 'Ingest',
  postgres: 'Postgres',
  dashboards: 'Dashboards',
};

const still = matchMedia('(prefers-reduced-motion: reduce)');

export class Drawing {
  #place;
  /** @type {PipelineState | undefined} */
  #state;
  #shape = '';
  #stations = /** @type {Record<Station, Drawn>} */ ({});
  /** @type {import('./followers.js').Followers | undefined} */
  #followers;
  /** @type {Arrow[]} */
  #arrows = [];
  /** @type {Lane[]} */
  #lanes = [];
  /** What is drawn; nothing before the first state. */
  #svg = /** @type {SVGElement} */ (document.createElementNS(SVG, 'svg'));
  /** When the next dot of an arrow is due, and how long after it the one after. @type {Map<Arrow, { every: number, next: number }>} */
  #due = new Map();
  /** @type {Timer | undefined} */
  #wait;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
    new ResizeObserver(() => this.#state !== undefined && this.show(this.#state)).observe(place);
  }

  /** @param {PipelineState} state */
  show(state) {
    this.#state = state;
    const lanes = Math.min(MOST_LANES, Math.max(1, state.kafka.partitions.length));
    const isNarrow = this.#place.clientWidth < NARROW_BELOW;
    const followers = Math.min(MOST_FOLLOWERS, state.followers.groups.length);
    const shape = `${isNarrow} ${lanes} ${followers}`;
    if (shape !== this.#shape) this.#build(isNarrow, lanes, followers);
    this.#shape = shape;
    this.#fill(state);
    this.#svg.setAttribute('aria-label', inWords(state));
  }

  /** @param {boolean} isNarrow  @param {number} lanes  @param {number} count of followers */
  #build(isNarrow, lanes, count) {
    const { width, height, stations, arrows, followers } = placesOf(isNarrow, lanes, count);
    this.#place.replaceChildren();
    this.#svg = make(this.#place, 'svg', {
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      class: isNarrow ? 'pipe-svg narrow' : 'pipe-svg',
    });
    this.#arrows = [...arrows, ...followers.arrows].map((arrow) => this.#buildArrow(arrow));
    for (const name of STATIONS) this.#stations[name] = this.#buildStation(name, stations[name]);
    this.#followers = buildFollowers(this.#svg, followers);
    this.#lanes = Array.from({ length: lanes }, (_, index) => buildLane(this.#svg, stations.kafka, index));
  }

  /** @param {import('./places.js').Line} line @returns {Arrow} */
  #buildArrow({ from, to, x1, y1, x2, y2 }) {
    const group = make(this.#svg, 'g', { class: 'pipe-arrow' });
    make(group, 'line', { x1, y1, x2, y2 });
    const isUpright = x1 === x2;
    const back = isUpright ? y2 - 7 * Math.sign(y2 - y1) : x2 - 7;
    const tip = isUpright
      ? `M${x2 - 5} ${back}L${x2} ${y2}L${x2 + 5} ${back}`
      : `M${back} ${y2 - 5}L${x2} ${y2}L${back} ${y2 + 5}`;
    make(group, 'path', { d: tip });
    const at = isUpright
      ? { x: x1 + 14, y: (y1 + y2) / 2 + 5 }
      : { x: (x1 + x2) / 2, y: y1 - 12, 'text-anchor': 'middle' };
    const under = isUpright
      ? { x: x1 - 14, y: (y1 + y2) / 2 + 5, 'text-anchor': 'end' }
      : { x: (x1 + x2) / 2, y: y1 + 24, 'text-anchor': 'middle' };
    const rate = make(group, 'text', { ...at, class: 'pipe-rate' });
    const fault = make(group, 'text', { ...under, class: 'pipe-fault' });
    const dots = make(group, 'g', { class: 'pipe-dots' });
    return { from, to, x1, y1, x2, y2, group, rate, fault, dots };
  }

  /** @param {Station} name  @param {Box} box */
  #buildStation(name, { x, y, width, height }) {
    const group = make(this.#svg, 'g', { class: 'pipe-station', 'data-station': name });
    make(group, 'rect', { x, y, width, height, rx: 14 });
    make(group, 'circle', { cx: x + 20, cy: y + 23, r: 5, class: 'pipe-light' });
    make(group, 'text', { x: x + 34, y: y + 28, class: 'pipe-title' }, TITLES[name]);
    const lines = [0, 1, 2].map((line) =>
      make(group, 'text', {
        x: x + 16,
        y: y + 54 + line * 20,
        class: line === 0 ? 'pipe-number' : 'pipe-words',
      }),
    );
    /** @type {Drawn} */
    const station = { group, lines };
    if (name === 'outbox') {
      const gauge = { x: x + 16, y: y + height - 22, width: width - 32, height: 8, rx: 4 };
      make(group, 'rect', { ...gauge, class: 'pipe-gauge' });
      station.fill = make(group, 'rect', { ...gauge, width: 0, class: 'pipe-gauge-fill' });
      station.room = gauge.width;
    }
    if (name === 'kafka') {
      station.side = make(group, 'text', {
        x: x + width - 16,
        y: y + 28,
        'text-anchor': 'end',
        class: 'pipe-words',
      });
      for (const line of lines) line.remove();
    }
    return station;
  }

  /** @param {PipelineState} state */
  #fill(state) {
    for (const name of STATIONS) this.#stations[name].group.dataset.health = healthOf(name, state);
    for (const [name, words] of Object.entries(linesOf(state)))
      for (const [index, line] of this.#stations[/** @type {Station} */ (name)].lines.entries())
        set(line, words[index] ?? '');
    const { fill, room = 0 } = this.#stations.outbox;
    const least = state.outbox.bytes > 0 ? LEAST_GAUGE : 0;
    fill?.setAttribute('width', String(Math.max(least, outboxShare(state) * room)));
    set(this.#stations.kafka.side, topicWords(state.kafka, this.#lanes.length));
    for (const [index, lane] of this.#lanes.entries()) fillLane(lane, state.kafka.partitions[index]);
    const live = state.parts.find(({ part }) => part === 'live');
    if (this.#followers !== undefined) fillFollowers(this.#followers, state.followers, live);
    for (const arrow of this.#arrows) this.#fillArrow(arrow, state);
    this.#moveWhenDue();
  }

  /** @param {Arrow} arrow  @param {PipelineState} state */
  #fillArrow(arrow, state) {
    const rate = rateOf(arrow, state);
    set(arrow.rate, rate === undefined ? '' : `${short(rate)}/s`);
    const fault = faultOf(arrow, state);
    set(arrow.fault, fault?.words ?? '');
    arrow.group.dataset.fault = fault?.kind ?? '';
    const next = this.#due.get(arrow)?.next ?? 0;
    this.#due.delete(arrow);
    if (rate === undefined || rate === 0) return;
    const every = 1000 / Math.min(rate, MOST_DOTS);
    this.#due.set(arrow, { every, next: Math.min(next, performance.now() + every) });
  }

  /** No frame is asked for before a dot is due. */
  #moveWhenDue() {
    clearTimeout(this.#wait);
    if (still.matches || this.#due.size === 0) return;
    const next = Math.min(...[...this.#due.values()].map((due) => due.next));
    this.#wait = setTimeout(
      () => requestAnimationFrame((now) => this.#move(now)),
      Math.max(0, next - performance.now()),
    );
  }

  /** Sends a dot along each arrow as often as its rate says. @param {number} now */
  #move(now) {
    for (const [arrow, due] of this.#due) {
      if (now < due.next) continue;
      due.next = Math.max(now, due.next) + due.every;
      if (!arrow.dots.isConnected) this.#due.delete(arrow);
      else travel(arrow);
    }
    this.#moveWhenDue();
  }
}

/** @param {Arrow} arrow */
function travel({ dots, x1, y1, x2, y2 }) {
  const dot = make(dots, 'circle', { r: 5 });
  /** @param {number} x  @param {number} y */
  const at = (x, y) => ({ transform: `translate(${x}px, ${y}px)` });
  dot.animate([at(x1, y1), at(x2, y2)], { duration: TRAVEL_MS, easing: 'linear' }).finished.then(
    () => dot.remove(),
    () => dot.remove(),
  );
}
