// The eight questions: each a sentence with its number, and a table whose cells are bars. All answers come together by
// the stream; a panel is written anew only where its numbers moved.

import { bars } from './bars.js';
import { CATEGORY_NAMES, capital, clock, exact, itemName, share, short } from './format.js';

/** @typedef {import('../../../src/dashboard/questions/board.ts').QuestionsAnswer} QuestionsAnswer */
/** @typedef {readonly import('./bars.js').AnswerRow[]} Rows */
/** @typedef {(rows: Rows, meta: QuestionsAnswer['meta']) => string} Sentence */
/** @typedef {(rows: Rows, meta: QuestionsAnswer['meta']) => import('./bars.js').Table} TableOf */

/** @param {string} product */
const named = (product) => CATEGORY_NAMES[product].toLowerCase();
/** @param {Rows} rows  @param {string} subject  @param {string} measure */
const count = (rows, subject, measure) =>
  rows.find((row) => row.subject === subject && row.measure === measure)?.count ?? 0;
/** @param {Rows} rows  @param {string} measure */
const of = (rows, measure) => rows.filter((row) => row.measure === measure).sort((a, b) => b.count - a.count);
/** @param {number} number */
const people = (number) => `${short(number)} ${number === 1 ? 'person' : 'people'}`;
/** @param {number} number */
const orders = (number) => `${short(number)} ${number === 1 ? 'order' : 'orders'}`;

/** "clothes", "clothes and sneakers" or "clothes and 3 more": an answer has room for three lines. @param {Rows} rows */
function leaders(rows, name = named) {
  const [first, ...others] = rows
    .filter((row) => row.count === rows[0].count)
    .map((row) => name(row.subject));
  if (others.length === 0) return first;
  return `${first} and ${others.length === 1 ? others[0] : `${others.length} more`}`;
}

/** @type {Sentence} */
function sawAd(rows) {
  const [first, second] = of(rows, 'users');
  if (first.count === 0) return 'Nobody saw an ad in the last minute.';
  if (first.count === second.count)
    return `${capital(leaders(of(rows, 'users')))}: ${people(first.count)} each.`;
  return `${capital(named(first.subject))}: ${people(first.count)}, against ${short(second.count)} for ${named(second.subject)}.`;
}

/** @type {Sentence} */
function orderedNow(rows) {
  const ranked = of(rows, 'orders');
  if (ranked[0].count === 0) return 'Nothing was ordered in the last hour.';
  const isTie = ranked[0].count === ranked[1].count;
  return `${capital(leaders(ranked))}: ${orders(ranked[0].count)}${isTie ? ' each' : ''}.`;
}

/** @type {Sentence} */
function devices(rows) {
  /** @param {string} measure */
  const part = (measure) => {
    const [mobile, desktop] = ['mobile', 'desktop'].map((device) => count(rows, device, measure));
    return share(mobile, mobile + desktop);
  };
  const [overall, now] = [part('users'), part('users_now')];
  if (overall === undefined) return 'Nobody came yet.';
  return `${overall} on mobile overall; right now ${now === undefined ? 'nobody is here' : `${now} on mobile`}.`;
}

/** /product/clothes?item=linen-shirt → Linen shirt; without an item the category's name. @param {string} path */
function page(path) {
  const { pathname, searchParams } = new URL(path, location.href);
  const product = pathname.split('/').at(-1) ?? '';
  return itemName(searchParams.get('item') || (CATEGORY_NAMES[product] ?? product));
}

/** @type {Sentence} */
function pages(rows) {
  if (rows.length === 0) return 'No product page was opened in the last ten minutes.';
  const [{ count: most }] = rows;
  return `${leaders(rows, page)}: ${short(most)} ${most === 1 ? 'visit' : 'visits'}${rows[1]?.count === most ? ' each' : ''}.`;
}

/** @type {Sentence} */
function targets(rows) {
  const ranked = of(rows, 'target_1');
  if (ranked[0].count === 0) return 'Nothing was ordered yet.';
  const total = ranked.reduce((sum, row) => sum + row.count, 0);
  return `${capital(leaders(ranked))} leads: ${orders(ranked[0].count)}, ${share(ranked[0].count, total)} of all.`;
}

/** @type {Sentence} */
function months(rows, { year }) {
  /** @param {string} measure */
  const sum = (measure) => of(rows, measure).reduce((total, row) => total + row.count, 0);
  const [then, now] = [sum('2019'), sum(String(year))];
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
function noOrderByCategory(rows) {
  const [first, second] = of(rows, 'no_order');
  if (first.count === 0)
    return of(rows, 'clicked')[0].count > 0 ? 'Everybody who clicked has ordered.' : 'Nobody clicked yet.';
  const clicked = count(rows, first.subject, 'clicked');
  const isTie = first.count === second.count;
  const part = isTie ? ' each' : `, ${share(first.count, clicked)} of those who clicked it`;
  return `${capital(leaders(of(rows, 'no_order')))}: ${people(first.count)}${part}.`;
}

/** @type {(measures: import('./bars.js').Measure[]) => TableOf} */
const categories = (measures) => (rows) => ({ subject: 'category', rows, measures });
/** @type {(part: string, whole: string) => import('./bars.js').Measure} */
const shareOf = (part, whole) => ({ name: 'Share', value: (get) => share(get(part), get(whole)) ?? '–' });

/**
 * By question: the sentence, and the table.
 * @type {Readonly<Record<import('../../../src/dashboard/questions/questions.ts').QuestionName, [Sentence, TableOf]>>}
 */
const VIEWS = {
  saw_ad: [sawAd, categories([{ measure: 'users', name: 'People' }])],
  ordered_now: [orderedNow, categories([{ measure: 'orders', name: 'Orders' }])],
  devices: [
    devices,
    (rows) => ({
      subject: 'device',
      rows,
      measures: [
        { measure: 'users', name: 'Overall' },
        { measure: 'users_now', name: 'Right now' },
      ],
    }),
  ],
  pages: [
    pages,
    (rows) => ({ subject: 'page', rows, measures: [{ measure: 'visits', name: 'Visits' }], name: page }),
  ],
  targets: [targets, categories([{ measure: 'target_1', name: 'Target 1' }, shareOf('target_1', 'events')])],
  orders_by_month: [
    months,
    (rows, { year }) => ({
      subject: 'month',
      rows,
      shared: true,
      measures: [...new Set([2019, year])].map((one) => ({ measure: String(one), name: String(one) })),
    }),
  ],
  no_order: [
    noOrder,
    (rows) => ({
      subject: 'step',
      rows: rows
        .map(({ measure, count: number }) => ({ subject: measure, measure: 'people', count: number }))
        .reverse(),
      name: (step) => (step === 'clicked' ? 'Clicked' : 'of them, no order'),
      measures: [{ measure: 'people', name: 'People' }],
    }),
  ],
  no_order_by_category: [
    noOrderByCategory,
    categories([{ measure: 'no_order', name: 'People' }, shareOf('no_order', 'clicked')]),
  ],
};
const COUNTED_LATER = new Set(['no_order', 'no_order_by_category']);

export class Questions {
  /** @type {QuestionsAnswer | undefined} */
  #newest;
  /** What each shows, as JSON. @type {Map<string, string>} */
  #drawn = new Map();

  /** Shows the answers; a page in the background waits until somebody looks. @param {QuestionsAnswer} answer */
  show(answer) {
    this.#newest = answer;
    if (!document.hidden) this.draw();
  }

  draw() {
    if (this.#newest === undefined) return;
    const { rows, meta } = this.#newest;
    document.querySelector('[data-questions-as-of]').textContent = `As of ${clock(meta.as_of)}.`;
    for (const [name, [sentence, table]] of Object.entries(VIEWS)) {
      const its = rows.filter((row) => row.question === name);
      const isCounting = meta.counting && COUNTED_LATER.has(name);
      const seen = JSON.stringify([its, isCounting, meta.year]);
      if (this.#drawn.get(name) === seen) continue;
      this.#drawn.set(name, seen);
      const root = document.getElementById(`q-${name}`);
      root.dataset.state = its.some((row) => row.count > 0) ? 'ready' : 'empty';
      root.querySelector('[data-answer]').textContent =
        isCounting && root.dataset.state === 'empty'
          ? 'Counting the people of the loaded file …'
          : sentence(its, meta);
      root.querySelector('[data-state-words]').textContent = isCounting ? 'Still being counted.' : '';
      bars(root.querySelector('[data-bars]'), table(its, meta), exact);
    }
  }
}
