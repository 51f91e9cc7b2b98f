// Keeps the ribbon at the bottom of the shop moving: each `trace` from /api/trace fills in every drawing of that event
// on the page, and events that this page did not know yet join at the top.

import { listen } from './live.js';
import { showOffer } from './offer.js';
import { fillWay, newWay } from './way.js';

const MOST = 8;

const ribbon = /** @type {HTMLElement} */ (document.querySelector('[data-ribbon]'));
const ways = ribbon.querySelector('.ways');
const blank = ribbon.querySelector('template');
const toggle = /** @type {HTMLElement} */ (ribbon.querySelector('.ribbon-toggle'));
const state = /** @type {HTMLElement} */ (ribbon.querySelector('.ribbon-state'));

function sayHowMany() {
  const more = ways.children.length - 1;
  toggle.hidden = more < 1;
  const open = ribbon.hasAttribute('data-open');
  toggle.textContent = open ? 'Show less' : `${more} more`;
  toggle.setAttribute('aria-expanded', String(open));
}

toggle.addEventListener('click', () => {
  ribbon.toggleAttribute('data-open');
  sayHowMany();
});

/** @param {import('../../src/tracing/trace.ts').Trace} trace */
function show(trace) {
  const drawn = /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll(`[data-way="${CSS.escape(trace.order_id)}"]`)
  );
  for (const way of drawn) fillWay(way, trace);
  if (ways.querySelector(`[data-way="${CSS.escape(trace.order_id)}"]`) !== null) return;
  /** @type {HTMLElement} */ (ribbon.querySelector('.ribbon-empty')).hidden = true;
  // Newest first, also when a reconnection tells old ones again.
  const way = newWay(blank, trace);
  const older = /** @type {HTMLElement[]} */ ([...ways.children]).find(
    ({ dataset }) => (dataset.received ?? '') < trace.received_at,
  );
  ways.insertBefore(way, older ?? null);
  while (ways.children.length > MOST) ways.lastElementChild?.remove();
  sayHowMany();
}

listen('/api/trace', { trace: show, offer: showOffer }, (connected) => {
  state.hidden = connected;
  state.textContent = connected
    ? ''
    : 'The connection is gone for the moment; the figures go on when it is back.';
});

sayHowMany();
