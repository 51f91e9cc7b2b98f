// How fresh each panel is: how old events were once it had painted them, by the server's clock, and the lag of its consumer.

import { exact } from '../dashboard/format.js';
import { Ages } from './ages.js';
import { setText } from './bars.js';

/** @typedef {import('../../../src/dashboard/live/answer.ts').Told} Told */
/** @typedef {import('../../../src/dashboard/panels/panels.ts').PanelName} PanelName */

const panels = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.live-panel'))].map(
  (panel) => ({
    name: /** @type {PanelName} */ (panel.id),
    of: /** @type {keyof Told['meta']['ages']} */ (panel.dataset.source),
    own: new Ages(),
    words: /** @type {HTMLElement} */ (panel.querySelector('[data-fresh]')),
  }),
);
const raw = panels.find(({ name }) => name === 'raw');

/** The server's clock less this machine's, by the newest message. */
let serverAheadMs = 0;
/** The largest one since the connection was made, by the message that took least to come. */
let clockAheadMs = Number.NEGATIVE_INFINITY;

/** Milliseconds since 1970, by the server's clock. */
export const serverNow = () => Date.now() + serverAheadMs;
const paintedAt = () => Date.now() + clockAheadMs;

/** @param {number} atMs when the server wrote a message that has just come */
export function noteClock(atMs) {
  serverAheadMs = atMs - Date.now();
  clockAheadMs = Math.max(clockAheadMs, serverAheadMs);
}

/** The next messages are of another connection, or another server. */
export function forgetClock() {
  clockAheadMs = Number.NEGATIVE_INFINITY;
}

/** What is counted for the first time, and in no frame yet. @param {Told['meta']} meta */
export function noteTold({ as_of: asOf, ages: told }) {
  const atMs = Date.parse(asOf);
  for (const { of, own } of panels) {
    const { n, ages } = (own === raw?.own ? undefined : told[of]) ?? { n: 0, ages: [] };
    own.told(
      ages.map((one) => atMs - one),
      n,
    );
  }
}

/** Raw events that are in no frame yet. @param {readonly string[]} arrived ISO */
export function noteRaw(arrived) {
  raw?.own.told(arrived.map((one) => Date.parse(one)));
}

/** A frame with these panels is on the screen; raw events are in frames of their own. @param {(name: string) => boolean} isPainted */
export function notePainted(isPainted) {
  for (const { name, own } of panels) if (own !== raw?.own && isPainted(name)) own.painted(paintedAt());
}

/** A frame with the raw events is on the screen. */
export function noteRawPainted() {
  raw?.own.painted(paintedAt());
}

/** What was told and not painted is nowhere to be seen any more. */
export function forgetTold() {
  for (const { own } of panels) own.forget();
}

/** @param {number} ms */
const age = (ms) => {
  if (ms < 10_000) return `${exact(ms)} ms`;
  return ms < 600_000 ? `${exact(Math.round(ms / 1000))} s` : `${exact(Math.round(ms / 60_000))} min`;
};

/** @param {Told['meta']['freshness'] | undefined} freshness of the newest message  @param {boolean} isNow false: of a look back nothing is said */
export function sayFreshness(freshness, isNow) {
  for (const { name, own, words } of panels) {
    const fresh = own.percentiles(paintedAt());
    const { lag = null } = freshness?.panels[name] ?? {};
    const said =
      fresh === undefined ? 'No new event painted' : `Event → pixel ${age(fresh.p50)}, p99 ${age(fresh.p99)}`;
    setText(words, isNow ? `${said}${lag === null ? '' : ` · lag ${exact(lag)}`}` : '\u00a0');
  }
}
