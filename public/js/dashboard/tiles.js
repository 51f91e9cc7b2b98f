// A figure with its change against another time: today against yesterday, a range against the period before.

import { exact, share, short } from './format.js';

/** Every event moves it, up to where it would not fit. */
export const counter = (count) => (count < 10_000_000 ? exact(count) : short(count));

/** Orders for each hundred clicks; undefined without clicks. */
export const perHundred = ({ order, banner_click: clicks }) =>
  clicks > 0 ? (order / clicks) * 100 : undefined;

/** @param {'up' | 'down' | 'same'} direction */
export function write(tile, number, title, change, direction) {
  const figure = tile.querySelector('[data-number]');
  figure.textContent = number;
  figure.title = title;
  const words = tile.querySelector('[data-change]');
  words.textContent = change;
  words.dataset.direction = direction;
}

/** "12% more than yesterday by this time (1,074)" @param {string} when "yesterday by this time" */
export function compare(now, then, when) {
  if (then === 0) return [now === 0 ? `nothing ${when} either` : `nothing ${when}`, 'same'];
  const words = `${when} (${short(then)})`;
  if (now === then) return [`as many as ${words}`, 'same'];
  const amount = share(Math.abs(now - then), then);
  return now > then ? [`▲ ${amount} more than ${words}`, 'up'] : [`▼ ${amount} fewer than ${words}`, 'down'];
}
