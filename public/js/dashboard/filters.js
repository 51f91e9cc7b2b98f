// The filters of the history. The URL holds them, so that a view can be linked, reloaded and gone back to.

import { address } from '../base.js';
import { afterMidnight, query } from './ranges.js';

const form = /** @type {FormWith<'from' | 'to' | 'product' | 'device'>} */ (
  document.querySelector('[data-filters]')
);
const devices = document.getElementById('devices');
const year = /** @type {HTMLSelectElement} */ (devices.querySelector('[data-year]'));
const count = /** @type {HTMLSelectElement} */ (devices.querySelector('[data-count]'));
const {
  from: defaultFrom = '',
  to: defaultTo = '',
  robots,
  simulated,
} = document.querySelector('main').dataset;

/** Parameters for whose events are counted, without those at their default. @type {{ robots?: string | undefined, simulated?: string | undefined }} */
export const whoseFilter = {
  ...(robots === 'exclude' ? {} : { robots }),
  ...(simulated === 'include' ? {} : { simulated }),
};

/** What is chosen now; '' where nothing is. */
export const filters = () => ({
  from: form.elements.from.value,
  to: form.elements.to.value,
  product: form.elements.product.value,
  device: form.elements.device.value,
  year: year.value,
  count: count.value,
  ...whoseFilter,
});

/**
 * Offers the years that have events, keeping the chosen one.
 * @param {readonly (string | number)[]} years
 * @param {string | number} chosen
 */
export function offerYears(years, chosen) {
  const all = [...new Set([...years, chosen])].map(String).sort();
  if (all.join() === [...year.options].map((option) => option.value).join()) return;
  year.replaceChildren(...all.map((one) => new Option(one, one, false, one === String(chosen))));
}

function readUrl() {
  const asked = new URLSearchParams(location.search);
  fillRange({ from: asked.get('from') || defaultFrom, to: asked.get('to') || defaultTo });
  form.elements.product.value = asked.get('product') ?? '';
  form.elements.device.value = asked.get('device') ?? '';
  offerYears(
    [...year.options].map((option) => option.value),
    asked.get('year') || '2019',
  );
  year.value = asked.get('year') || '2019';
  count.value = asked.get('count') || 'users';
}

/** @returns {NodeListOf<HTMLAnchorElement>} */
const rangeLinks = () => form.querySelectorAll('[data-range]');

/** The range that a link chooses. @param {HTMLAnchorElement} link */
function rangeOf(link) {
  const its = new URL(link.href).searchParams;
  return { from: its.get('from') ?? '', to: its.get('to') ?? '' };
}

/** @param {{ from: string, to: string }} range */
function fillRange({ from, to }) {
  form.elements.from.value = from;
  form.elements.to.value = to;
}

function markRange() {
  const { from, to } = filters();
  for (const link of rangeLinks()) {
    const its = rangeOf(link);
    if (its.from === from && its.to === to) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
}

/**
 * At midnight, ranges that reached to the end of the old day reach to the end of the new one.
 * @param {string} oldDay ISO
 * @param {string} newDay ISO
 * @returns whether the chosen range is one of them
 */
export function passMidnight(oldDay, newDay) {
  const { from, to } = filters();
  let isMoved = false;
  for (const link of rangeLinks()) {
    const its = rangeOf(link);
    const next = afterMidnight(its, oldDay, newDay, link.dataset.range === 'Everything');
    if (next === undefined) continue;
    link.href = address(`/dashboard?${query({ ...whoseFilter, ...next })}`);
    if (its.from !== from || its.to !== to) continue;
    fillRange(next);
    isMoved = true;
  }
  markRange();
  return isMoved;
}

/** Chooses a range of days as if it had been typed. @param {string} from  @param {string} to */
export function chooseRange(from, to) {
  fillRange({ from, to });
  form.dispatchEvent(new Event('change'));
}

/**
 * Keeps the filters and the URL alike.
 * @param {(changed: 'range' | 'devices') => void} onChange is called once the URL has the choice: `range` is of all charts but the devices'
 */
export function watchFilters(onChange) {
  /** @param {Parameters<typeof onChange>[0]} what */
  const change = (what) => {
    if (!form.reportValidity()) return;
    const chosen = filters();
    if (chosen.year === '2019') chosen.year = '';
    if (chosen.count === 'users') chosen.count = '';
    history.pushState(null, '', address(`/dashboard?${query(chosen)}`));
    markRange();
    onChange(what);
  };
  for (const select of /** @type {NodeListOf<HTMLSelectElement>} */ (
    document.querySelectorAll('select[data-whose]')
  )) {
    select.addEventListener('change', () => {
      const asked = new URLSearchParams(location.search);
      asked.set(select.name, select.value);
      location.assign(`${location.pathname}?${asked}`);
    });
  }
  /** @type {HTMLElement} */ (form.querySelector('[data-apply]')).hidden = true;
  form.addEventListener('change', () => change('range'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    change('range');
  });
  form.addEventListener('click', (event) => {
    const link = /** @type {HTMLAnchorElement | null} */ (
      /** @type {Element} */ (event.target).closest('[data-range]')
    );
    if (link === null) return;
    event.preventDefault();
    fillRange(rangeOf(link));
    change('range');
  });
  for (const select of [year, count]) select.addEventListener('change', () => change('devices'));
  addEventListener('popstate', () => {
    readUrl();
    markRange();
    onChange('range');
    onChange('devices');
  });
  readUrl();
  markRange();
}
