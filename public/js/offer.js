// Offers that come while the visitor looks: each is shown once, until it is redeemed or put off.

import { address } from './base.js';

const tray = /** @type {HTMLElement | null} */ (document.querySelector('[data-offers]'));
const blank = /** @type {HTMLTemplateElement} */ (document.getElementById('blank-offer'));
const shown = new Set();

/** @param {{ readonly id: string, readonly title: string, readonly words: string }} offer */
export function showOffer({ id, title, words }) {
  if (tray === null || shown.has(id)) return;
  shown.add(id);
  const card = /** @type {HTMLElement} */ (blank.content.querySelector('.offer').cloneNode(true));
  card.querySelector('[data-offer-later]').addEventListener('click', () => {
    card.remove();
    tray.hidden = tray.children.length === 0;
    // The pressed button is gone: the keyboard goes on at the next offer.
    tray.querySelector('button')?.focus();
  });
  card.querySelector('form').action = address(`/offers/${id}/redeem`);
  tray.prepend(card);
  tray.hidden = false;
  // After it is in the page, so that a screen reader hears it.
  card.querySelector('[data-offer-title]').textContent = title;
  card.querySelector('[data-offer-words]').textContent = words;
}
