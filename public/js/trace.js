// Fills in an event's trace (views/partials/traces.ejs), small or large, from a Trace as /api/trace and the server send it.

import { address } from './base.js';
import { categoryName } from './marks.js';
import { stationsOf } from './trace-facts.js';

/** @typedef {import('./trace-facts.js').Progress} Progress */

/**
 * Brings one drawn trace up to date.
 * @param {HTMLElement} item
 * @param {Progress} trace
 */
export function fillTrace(item, trace) {
  const stations = stationsOf(trace);
  for (const { name, fact, took } of stations) {
    const station = item.querySelector(`[data-station="${name}"]`);
    station.toggleAttribute('data-done', true);
    station.querySelector('[data-fact]').textContent = fact;
    if (took !== undefined) station.querySelector('[data-ms]').textContent = took;
  }
  item.dataset.at = String(stations.length - 1);
  item.toggleAttribute('data-lost', trace.lost !== null);
  item.querySelector('[data-lost-text]').textContent = trace.lost ?? '';
  item.querySelector('[data-robot]').hidden = !trace.robot;
}

/**
 * Makes the trace of an event that the page did not know yet, from the blank one.
 * @param {HTMLTemplateElement} blank
 * @param {import('../../src/tracing/trace.ts').Trace} trace
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
  item.querySelector('[data-product]').textContent = categoryName(trace.product);
  fillTrace(item, trace);
  return item;
}
