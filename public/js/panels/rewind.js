// Rewind: the instant that the reader asks for, by the slider or by the page's address, and what says so on the page.

import { clock, moment, plural } from '../dashboard/format.js';
import { setText } from './bars.js';
import { serverNow } from './freshness.js';

const WAIT_MS = 150;
const SAY_EVERY_MS = 10_000;

const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const slider = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-rewind]'));
const back = /** @type {HTMLElement | null} */ (document.querySelector('[data-rewind-now]'));
const output = document.querySelector('[data-rewind-at]');
/** The form of the filters takes the instant along. */
const field = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-rewound-to]'));

/** ISO; undefined: now. @type {string | undefined} */
let instant;
let isShown = true;
/** @type {Timer | undefined} */
let waiting;

/** The instant of a look back, ISO; undefined: now. */
export const rewoundTo = () => instant;

/** @param {string} words */
function say(words) {
  if (output !== null) setText(output, words);
  slider?.setAttribute('aria-valuetext', words);
}

/** @param {string} iso */
function textOf(iso) {
  const minutes = Math.round((serverNow() - Date.parse(iso)) / 60_000);
  return minutes > 60 ? moment(iso) : `${clock(iso)}, ${plural(minutes, 'minute')} ago`;
}

/** The panels of the instant can't be had. @param {string} why */
export function sayNotShown(why) {
  isShown = false;
  say(`not shown: ${why}`);
}

/** The panels of the instant are there, also where they could not be had before. */
export function sayShown() {
  if (isShown) return;
  isShown = true;
  say(instant === undefined ? 'now' : textOf(instant));
}

/** @param {URL} url */
function withInstant(url) {
  if (instant === undefined) url.searchParams.delete('at');
  else url.searchParams.set('at', instant);
  return url;
}

/** The page's address and its links name the instant: whoever follows one sees the same. */
function nameInstant() {
  history.replaceState(null, '', withInstant(new URL(location.href)));
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll('.panel-tools a, [data-present], [data-leave]')
  );
  for (const link of links) link.href = withInstant(new URL(link.href)).href;
  if (field === null) return;
  field.disabled = instant === undefined;
  field.value = instant ?? '';
}

/** @param {string | undefined} asked  @param {(asked: string | undefined) => void} show */
function turnTo(asked, show) {
  instant = asked;
  isShown = true;
  main.toggleAttribute('data-rewound', asked !== undefined);
  if (back !== null) back.hidden = asked === undefined;
  say(asked === undefined ? 'now' : textOf(asked));
  nameInstant();
  show(asked);
}

/** Calls with each instant that is asked for, ISO; undefined: now. @param {(asked: string | undefined) => void} show */
export function watchRewind(show) {
  slider?.addEventListener('input', () => {
    clearTimeout(waiting);
    const minutes = slider.valueAsNumber;
    const asked = minutes === 0 ? undefined : new Date(serverNow() + minutes * 60_000).toISOString();
    waiting = setTimeout(() => turnTo(asked, show), WAIT_MS);
  });
  back?.addEventListener('click', () => {
    clearTimeout(waiting);
    if (slider !== null) slider.value = '0';
    // The button goes: the keyboard is at what it belongs to.
    slider?.focus();
    turnTo(undefined, show);
  });
  setInterval(() => {
    if (instant !== undefined && isShown) say(textOf(instant));
  }, SAY_EVERY_MS);
  const linked = new URLSearchParams(location.search).get('at');
  if (linked === null) return;
  if (Number.isNaN(Date.parse(linked)))
    return sayNotShown(`"${linked}" is no time, expected one as 2026-03-10T12:34:56Z`);
  // Longer ago than the slider goes, it is at its end.
  if (slider !== null) slider.value = String(Math.round((Date.parse(linked) - serverNow()) / 60_000));
  turnTo(new Date(linked).toISOString(), show);
}
