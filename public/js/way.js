// Fills in an event's way (views/partials/ways.ejs), small or large, from a Trace as /api/trace and the server send it.

import { address } from './base.js';
import { CATEGORY_NAMES } from './marks.js';

/** @typedef {import('../../src/tracing/trace.ts').Trace} Trace */
/** @typedef {Pick<Trace, 'received_at' | 'kafka' | 'postgres' | 'chart' | 'lost'> & Partial<Pick<Trace, 'robot'>>} Progress */

/**
 * What each station says once the event is there; undefined before.
 * @param {Progress} trace
 */
const facts = (trace) => ({
  received: { fact: trace.received_at.slice(11, 23), ms: 0 },
  kafka: trace.kafka && {
    fact: `partition ${trace.kafka.partition}, offset ${trace.kafka.offset}`,
    ms: trace.kafka.ms,
  },
  postgres: trace.postgres && { fact: 'one row', ms: trace.postgres.ms },
  chart: trace.chart && { fact: trace.robot ? 'left out' : 'counted', ms: trace.chart.ms },
});

const step = (ms) => `+${Math.round(ms * 10) / 10} ms`;

/**
 * Brings one drawn way up to date.
 * @param {HTMLElement} way
 * @param {Progress} trace
 */
export function fillWay(way, trace) {
  let at = -1;
  let before = 0;
  for (const [name, reached] of Object.entries(facts(trace))) {
    if (!reached) continue;
    const station = way.querySelector(`[data-station="${name}"]`);
    station.toggleAttribute('data-done', true);
    station.querySelector('[data-fact]').textContent = reached.fact;
    if (name !== 'received') station.querySelector('[data-ms]').textContent = step(reached.ms - before);
    before = reached.ms;
    at += 1;
  }
  way.dataset.at = String(at);
  way.toggleAttribute('data-lost', trace.lost !== null);
  way.querySelector('[data-lost-text]').textContent = trace.lost ?? '';
  way.querySelector('[data-robot]').hidden = !trace.robot;
}

/**
 * Makes the way of an event that the page did not know yet, from the blank one.
 * @param {HTMLTemplateElement} blank
 * @param {Trace} trace
 */
export function newWay(blank, trace) {
  const way = /** @type {HTMLElement} */ (blank.content.querySelector('.way').cloneNode(true));
  way.dataset.way = trace.order_id;
  way.dataset.received = trace.received_at;
  way.classList.replace('of-none', `of-${trace.product}`);
  way.querySelector('a').href = address(`/events/${trace.order_id}`);
  for (const title of way.querySelectorAll('[data-title]')) {
    if (title.dataset.title !== trace.title) title.remove();
  }
  way.querySelector('[data-product]').textContent = CATEGORY_NAMES[trace.product];
  fillWay(way, trace);
  return way;
}
