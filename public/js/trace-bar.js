// Keeps the trace bar at the bottom of the shop moving: each `trace` from /api/trace fills in every drawing of that event
// on the page, and events that this page did not know yet join at the top.

import './device.js';
import { listen } from './live.js';
import { showOffer } from './offer.js';
import { fillTrace, newTrace } from './trace.js';

/** Events in the list, as many as the server writes into a page (src/site/layout.ts). */
const MOST = 8;

const bar = /** @type {HTMLElement} */ (document.querySelector('[data-trace-bar]'));
const list = bar.querySelector('.traces');
const blank = bar.querySelector('template');
const toggle = /** @type {HTMLElement} */ (bar.querySelector('.trace-bar-toggle'));
const state = /** @type {HTMLElement} */ (bar.querySelector('.trace-bar-state'));

function sayHowMany() {
  const more = list.children.length - 1;
  toggle.hidden = more < 1;
  const open = bar.hasAttribute('data-open');
  toggle.textContent = open ? 'Show less' : `${more} more`;
  toggle.setAttribute('aria-expanded', String(open));
}

toggle.addEventListener('click', () => {
  bar.toggleAttribute('data-open');
  sayHowMany();
});

/** @param {import('../../src/tracing/trace.ts').Trace} trace */
function show(trace) {
  const drawn = /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll(`[data-trace="${CSS.escape(trace.order_id)}"]`)
  );
  for (const item of drawn) fillTrace(item, trace);
  if (list.querySelector(`[data-trace="${CSS.escape(trace.order_id)}"]`) !== null) return;
  /** @type {HTMLElement} */ (bar.querySelector('.trace-bar-empty')).hidden = true;
  // The newest first, also where a new connection tells old ones again.
  const item = newTrace(blank, trace);
  const older = /** @type {HTMLElement[]} */ ([...list.children]).find(
    ({ dataset }) => (dataset.received ?? '') < trace.received_at,
  );
  list.insertBefore(item, older ?? null);
  while (list.children.length > MOST) list.lastElementChild?.remove();
  sayHowMany();
}

listen('/api/trace', { trace: show, offer: showOffer }, (connected) => {
  state.hidden = connected;
  state.textContent = connected
    ? ''
    : 'The connection is gone for the moment; the figures go on when it is back.';
});

sayHowMany();
