// What the answers to the eight questions say in a sentence each.

import { capital, itemName, share, short } from './numbers.js';

/** @typedef {readonly import('../../../src/dashboard/questions/answer-row.ts').AnswerRow[]} Rows */
/** @typedef {import('../../../src/dashboard/questions/questions.ts').QuestionName} QuestionName */
/** @typedef {(product: string) => string} NameOf what the shop calls a category */
/** @typedef {(rows: Rows, nameOf: NameOf, year: number) => string} Sentence `year`: this one, in the shop's zone */

/** @param {Rows} rows  @param {string} subject  @param {string} measure */
const count = (rows, subject, measure) =>
  rows.find((row) => row.subject === subject && row.measure === measure)?.count ?? 0;
/** @param {Rows} rows  @param {string} measure */
const sum = (rows, measure) =>
  rows.reduce((total, row) => total + (row.measure === measure ? row.count : 0), 0);
/** @param {number} number */
const people = (number) => `${short(number)} ${number === 1 ? 'person' : 'people'}`;
/** @param {number} number */
const orders = (number) => `${short(number)} ${number === 1 ? 'order' : 'orders'}`;

/**
 * Who has most of a measure: "clothes", "clothes and sneakers" or "clothes and 3 more", as an answer has room for three lines.
 * @param {Rows} rows
 * @param {string} measure
 * @param {NameOf} nameOf
 */
function lead(rows, measure, nameOf) {
  const ranked = rows.filter((row) => row.measure === measure).sort((a, b) => b.count - a.count);
  const { count: most = 0, subject = '' } = ranked[0] ?? {};
  const [first = '', ...others] = ranked
    .filter((row) => row.count === most)
    .map((row) => nameOf(row.subject));
  const more = others.length === 1 ? others[0] : `${others.length} more`;
  const who = capital(others.length === 0 ? first : `${first} and ${more}`);
  return { most, subject, who, isTie: others.length > 0, next: ranked[1] };
}

/** @param {NameOf} nameOf @returns {NameOf} within a sentence */
const lower = (nameOf) => (product) => nameOf(product).toLowerCase();

/** @type {Sentence} */
function sawAd(rows, nameOf) {
  const { most, who, isTie, next } = lead(rows, 'users', lower(nameOf));
  if (most === 0) return 'Nobody saw an ad in the last minute.';
  if (isTie) return `${who}: ${people(most)} each.`;
  const against =
    next === undefined ? '' : `, against ${short(next.count)} for ${lower(nameOf)(next.subject)}`;
  return `${who}: ${people(most)}${against}.`;
}

/** @type {Sentence} */
function orderedNow(rows, nameOf) {
  const { most, who, isTie } = lead(rows, 'orders', lower(nameOf));
  return most === 0
    ? 'Nothing was ordered in the last hour.'
    : `${who}: ${orders(most)}${isTie ? ' each' : ''}.`;
}

/** @type {Sentence} */
function devices(rows) {
  /** @param {string} measure */
  const part = (measure) => {
    const mobile = count(rows, 'mobile', measure);
    return share(mobile, mobile + count(rows, 'desktop', measure));
  };
  const [overall, now] = [part('users'), part('users_now')];
  if (overall === undefined) return 'Nobody came yet.';
  return `${overall} on mobile overall; right now ${now === undefined ? 'nobody is here' : `${now} on mobile`}.`;
}

/** /product/clothes?item=linen-shirt → Linen shirt; without an item the category's name. @param {string} path  @param {NameOf} nameOf */
export function pageName(path, nameOf) {
  // Only its path is read.
  const { pathname, searchParams } = new URL(path, 'http://shop');
  const item = searchParams.get('item');
  return item ? itemName(item) : capital(nameOf(pathname.split('/').at(-1) ?? ''));
}

/** @type {Sentence} */
function pages(rows, nameOf) {
  const { most, who, isTie } = lead(rows, 'visits', (path) => pageName(path, nameOf));
  if (most === 0) return 'No product page was opened in the last ten minutes.';
  return `${who}: ${short(most)} ${most === 1 ? 'visit' : 'visits'}${isTie ? ' each' : ''}.`;
}

/** @type {Sentence} */
function targets(rows, nameOf) {
  const { most, who, isTie } = lead(rows, 'target_1', lower(nameOf));
  if (most === 0) return 'Nothing was ordered yet.';
  return `${who} ${isTie ? 'lead' : 'leads'}: ${orders(most)}${isTie ? ' each' : ''}, ${share(most, sum(rows, 'target_1'))} of all.`;
}

/** @type {Sentence} */
function months(rows, _nameOf, year) {
  const [then, now] = [sum(rows, '2019'), sum(rows, String(year))];
  if (year === 2019) return `${orders(then)} in 2019.`;
  const change = then === 0 || now === 0 ? '' : ` (${share(now, then)} of 2019)`;
  return `${orders(now)} in ${year} so far${change}, ${short(then)} in 2019.`;
}

/** @type {Sentence} */
function noOrder(rows) {
  const [without, clicked] = [count(rows, 'all', 'no_order'), count(rows, 'all', 'clicked')];
  if (clicked === 0) return 'Nobody clicked yet.';
  return `${people(without)}: ${share(without, clicked)} of the ${short(clicked)} who clicked.`;
}

/** @type {Sentence} */
function noOrderByCategory(rows, nameOf) {
  const { most, subject, who, isTie } = lead(rows, 'no_order', lower(nameOf));
  if (most === 0)
    return sum(rows, 'clicked') > 0 ? 'Everybody who clicked has ordered.' : 'Nobody clicked yet.';
  const part = isTie ? ' each' : `, ${share(most, count(rows, subject, 'clicked'))} of those who clicked it`;
  return `${who}: ${people(most)}${part}.`;
}

/** @type {Readonly<Record<QuestionName, Sentence>>} */
export const SENTENCES = {
  saw_ad: sawAd,
  ordered_now: orderedNow,
  devices,
  pages,
  targets,
  orders_by_month: months,
  no_order: noOrder,
  no_order_by_category: noOrderByCategory,
};
