// Fills in an event's trace (views/partials/traces.ejs), small or large, from a Trace as /api/trace and the server send it.

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

/** @param {number} ms */
const step = (ms) => `+${Math.round(ms * 10) / 10} ms`;

/**
 * Brings one drawn trace up to date.
 * @param {HTMLElement} item
 * @param {Progress} trace
 */
export function fillTrace(item, trace) {
  let at = -1;
  let before = 0;
  for (const [name, reached] of Object.entries(facts(trace))) {
    if (!reached) continue;
    const station = item.querySelector(`[data-station="${name}"]`);
    station.toggleAttribute('data-done', true);
    station.querySelector('[data-fact]').textContent = reached.fact;
    if (name !== 'received') station.querySelector('[data-ms]').textContent = step(reached.ms - before);
    before = reached.ms;
    at += 1;
  }
  item.dataset.at = String(at);
  item.toggleAttribute('data-lost', trace.lost !== null);
  item.querySelector('[data-lost-text]').textContent = trace.lost ?? '';
  item.querySelector('[data-robot]').hidden = !trace.robot;
}

/**
 * Makes the trace of an event that the page did not know yet, from the blank one.
 * @param {HTMLTemplateElement} blank
 * @param {Trace} trace
 */
export function newTrace(blank, trace) {
  const item = /** @type {HTMLElement} */ (blank.content.querySelector('.trace').cloneNode(true));
  item.dataset.trace = trace.order_id;
  item.dataset.received = trace.received_at;
  item.classList.replace('of-none', `of-${trace.product}`);
  item.querySelector('a').href = address(`/events/${trace.order_id}`);
  for (const title of item.querySelectorAll('[data-title]')) {
    if (title.dataset.title !== trace.title) title.remove();
  }
  item.querySelector('[data-product]').textContent = CATEGORY_NAMES[trace.product];
  fillTrace(item, trace);
  return item;
}
