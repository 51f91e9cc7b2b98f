// The filters of the history. The URL holds them, so that a view can be linked, reloaded and gone back to.

import { address } from '../base.js';
import { dayAfter } from './format.js';

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

/** Whose events are counted, where it is not as usual. */
/** @type {{ robots?: string, simulated?: string }} */
export const whoseFilter = {
  ...(robots === 'exclude' ? {} : { robots }),
  ...(simulated === 'include' ? {} : { simulated }),
};

/** What is chosen now; empty text where nothing is. */
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
 * A query string of those that say something.
 * @param {Readonly<Record<string, string | undefined>>} values
 */
export function query(values) {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) said.set(name, value);
  return said.toString();
}

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
  form.elements.from.value = asked.get('from') || defaultFrom;
  form.elements.to.value = asked.get('to') || defaultTo;
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

function markRange() {
  const { from, to } = filters();
  for (const link of rangeLinks()) {
    const its = new URL(link.href).searchParams;
    const isChosen = its.get('from') === from && its.get('to') === to;
    if (isChosen) link.setAttribute('aria-current', 'true');
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
  const end = dayAfter(newDay);
  let isMoved = false;
  for (const link of rangeLinks()) {
    const its = new URL(link.href).searchParams;
    if (its.get('to') !== dayAfter(oldDay)) continue;
    const begin =
      link.dataset.range === 'Everything' ? (its.get('from') ?? '') : dayAfter(its.get('from') ?? '');
    link.href = address(`/dashboard?${query({ ...whoseFilter, from: begin, to: end })}`);
    if (its.get('from') !== from || its.get('to') !== to) continue;
    form.elements.from.value = begin;
    form.elements.to.value = end;
    isMoved = true;
  }
  markRange();
  return isMoved;
}

/** Chooses a range of days as if it had been typed. @param {string} from  @param {string} to */
export function chooseRange(from, to) {
  form.elements.from.value = from;
  form.elements.to.value = to;
  form.dispatchEvent(new Event('change'));
}

/** @param {(changed: 'range' | 'devices') => void} onChange */
export function watchFilters(onChange) {
  /** @param {Parameters<typeof onChange>[0]} what */
  const change = (what) => {
    if (!form.reportValidity()) return;
    const { year: aYear, count: aCount, ...rest } = filters();
    const small = { year: aYear === '2019' ? '' : aYear, count: aCount === 'users' ? '' : aCount };
    history.pushState(null, '', address(`/dashboard?${query({ ...rest, ...small })}`));
    markRange();
    onChange(what);
  };
  for (const select of document.querySelectorAll('select[data-whose]')) {
    const { name } = /** @type {HTMLSelectElement} */ (select);
    select.addEventListener('change', () => {
      const asked = new URLSearchParams(location.search);
      asked.set(name, /** @type {HTMLSelectElement} */ (select).value);
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
    const its = new URL(link.href).searchParams;
    form.elements.from.value = its.get('from') ?? '';
    form.elements.to.value = its.get('to') ?? '';
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
