// Counts of the three kinds of event: in all, by day, and from step to step; and what is said of them.

import { exact, plural, share, weekday } from './numbers.js';

/** @typedef {import('../../../src/events/event.ts').Title} Title */
/** @typedef {{ day: string } & Partial<Record<Title, number>>} Day */
/** @typedef {{ readonly title: Title, readonly count: number }} Counted */
/** @typedef {{ readonly product: string, readonly device: string, readonly shows: number, readonly clicks: number, readonly orders: number }} Steps */

/** @type {Readonly<Record<Title, string>>} */
export const TITLE_NAMES = { banner_show: 'shows', banner_click: 'clicks', order: 'orders' };
export const TITLES = /** @type {Title[]} */ (Object.keys(TITLE_NAMES));
const SIGNS = { banner_show: '○', banner_click: '●', order: '◆' };

/** "◆ orders" @param {Title} title */
export const signed = (title) => `${SIGNS[title]} ${TITLE_NAMES[title]}`;

/** Sum of the rows' counts by title, each title present. @param {readonly Counted[]} rows */
export function byTitle(rows) {
  const totals = { banner_show: 0, banner_click: 0, order: 0 };
  for (const { title, count } of rows) totals[title] += count;
  return totals;
}

/** The rows of a day side by side. @param {readonly (Counted & { readonly day: string })[]} rows */
export function byDay(rows) {
  /** @type {Map<string, Day>} */
  const days = new Map();
  for (const { day, title, count } of rows) days.set(day, { ...days.get(day), day, [title]: count });
  return [...days.values()];
}

/** "12 shows, 3 clicks and 1 order. Most orders: …" @param {Parameters<typeof byDay>[0]} rows  @param {string} step of a point: day, week … */
export function dailyWords(rows, step) {
  const totals = byTitle(rows);
  const [shows, clicks, orders] = TITLES.map((title) =>
    plural(totals[title], TITLE_NAMES[title].slice(0, -1)),
  );
  const [most] = byDay(rows).sort((a, b) => (b.order ?? 0) - (a.order ?? 0));
  const best = most?.order
    ? ` Most orders: ${step === 'day' ? '' : `the ${step} from `}${weekday(most.day)} (${exact(most.order)}).`
    : '';
  return `${shows}, ${clicks} and ${orders}.${best}`;
}

/** What of the shows was clicked, and of the clicks ordered. @param {readonly Steps[]} rows */
export function funnelWords(rows) {
  /** @param {'shows' | 'clicks' | 'orders'} step */
  const sum = (step) => rows.reduce((total, row) => total + row[step], 0);
  const clicks = sum('clicks');
  const unclicked = rows.some((row) => row.orders > row.clicks)
    ? ' More than 100% means orders by people whose click was not recorded.'
    : '';
  return `${share(clicks, sum('shows')) ?? '–'} of shows were clicked, ${share(sum('orders'), clicks) ?? '–'} of clicks became orders.${unclicked}`;
}

/** Counts by category. @param {readonly { readonly product: string, readonly count: number }[]} rows */
export function byProduct(rows) {
  /** @type {Record<string, number>} */
  const totals = {};
  for (const { product, count } of rows) totals[product] = (totals[product] ?? 0) + count;
  return totals;
}

/**
 * "Most ordered: clothes (12)."; undefined where nothing was.
 * @param {Readonly<Record<string, number>>} totals by category
 * @param {(product: string) => string} nameOf
 */
export function mostOrdered(totals, nameOf) {
  const [most] = Object.entries(totals).sort(([, a], [, b]) => b - a);
  return most?.[1] ? `Most ordered: ${nameOf(most[0]).toLowerCase()} (${exact(most[1])}).` : undefined;
}
