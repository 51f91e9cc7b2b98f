// A figure with its change against another time: today against yesterday, a range against the period before.

import { exact, share, short } from './numbers.js';

/** @typedef {'up' | 'down' | 'same'} Direction */

/** A count with all its digits, so that every event moves it; short where it would not fit. @param {number} count */
export const counter = (count) => (count < 10_000_000 ? exact(count) : short(count));

/**
 * Orders for each hundred clicks; undefined without clicks.
 * @param {{ readonly order?: number, readonly banner_click?: number }} counts
 */
export const perHundred = ({ order = 0, banner_click: clicks = 0 }) =>
  clicks > 0 ? (order / clicks) * 100 : undefined;

/**
 * Fills in a tile.
 * @param {Element} tile
 * @param {string} number
 * @param {string} title the number exactly, for a tooltip
 * @param {string} change
 * @param {Direction} direction of the change, which colours it
 */
export function write(tile, number, title, change, direction) {
  const figure = /** @type {HTMLElement} */ (tile.querySelector('[data-number]'));
  figure.textContent = number;
  figure.title = title;
  const words = /** @type {HTMLElement} */ (tile.querySelector('[data-change]'));
  words.textContent = change;
  words.dataset.direction = direction;
}

/**
 * "12% more than yesterday by this time (1,074)"
 * @param {number} now
 * @param {number} then
 * @param {string} when "yesterday by this time"
 * @returns {[string, Direction]}
 */
export function compare(now, then, when) {
  if (then === 0) return [now === 0 ? `nothing ${when} either` : `nothing ${when}`, 'same'];
  const words = `${when} (${short(then)})`;
  if (now === then) return [`as many as ${words}`, 'same'];
  const amount = share(Math.abs(now - then), then);
  return now > then ? [`▲ ${amount} more than ${words}`, 'up'] : [`▼ ${amount} fewer than ${words}`, 'down'];
}
