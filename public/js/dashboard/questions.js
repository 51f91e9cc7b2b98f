// The eight questions: each a sentence with its number, and a table whose cells are bars. All answers come together by
// the stream; a panel is written anew only where its numbers moved.

import { bars } from './bars.js';
import { categoryName, clock, exact, share } from './format.js';
import { pageName, SENTENCES } from './sentences.js';

/** @typedef {import('../../../src/dashboard/questions/board.ts').QuestionsAnswer} QuestionsAnswer */
/** @typedef {import('../../../src/dashboard/questions/questions.ts').QuestionName} QuestionName */
/** @typedef {(rows: readonly import('./bars.js').AnswerRow[], meta: QuestionsAnswer['meta']) => import('./bars.js').Table} TableOf */

/** @type {(measures: import('./bars.js').Measure[]) => TableOf} */
const categories = (measures) => (rows) => ({ subject: 'category', rows, measures });
/** @type {(part: string, whole: string) => import('./bars.js').Measure} */
const shareOf = (part, whole) => ({ name: 'Share', value: (get) => share(get(part), get(whole)) ?? '–' });

/** @type {Readonly<Record<QuestionName, TableOf>>} */
const TABLES = {
  saw_ad: categories([{ measure: 'users', name: 'People' }]),
  ordered_now: categories([{ measure: 'orders', name: 'Orders' }]),
  devices: (rows) => ({
    subject: 'device',
    rows,
    measures: [
      { measure: 'users', name: 'Overall' },
      { measure: 'users_now', name: 'Right now' },
    ],
  }),
  pages: (rows) => ({
    subject: 'page',
    rows,
    measures: [{ measure: 'visits', name: 'Visits' }],
    name: (path) => pageName(path, categoryName),
  }),
  targets: categories([{ measure: 'target_1', name: 'Target 1' }, shareOf('target_1', 'events')]),
  orders_by_month: (rows, { year }) => ({
    subject: 'month',
    rows,
    shared: true,
    measures: [...new Set([2019, year])].map((one) => ({ measure: String(one), name: String(one) })),
  }),
  no_order: (rows) => ({
    subject: 'step',
    rows: rows.map(({ measure, count }) => ({ subject: measure, measure: 'people', count })).reverse(),
    name: (step) => (step === 'clicked' ? 'Clicked' : 'of them, no order'),
    measures: [{ measure: 'people', name: 'People' }],
  }),
  no_order_by_category: categories([{ measure: 'no_order', name: 'People' }, shareOf('no_order', 'clicked')]),
};
const QUESTIONS = /** @type {QuestionName[]} */ (Object.keys(TABLES));
const COUNTED_LATER = new Set(['no_order', 'no_order_by_category']);

export class Questions {
  /** @type {QuestionsAnswer | undefined} */
  #newest;
  /** What each panel shows, as JSON. @type {Map<string, string>} */
  #drawn = new Map();

  /** Shows the answers; a page in the background waits until somebody looks. @param {QuestionsAnswer} answer */
  show(answer) {
    this.#newest = answer;
    if (!document.hidden) this.draw();
  }

  /** Draws the newest answers. */
  draw() {
    if (this.#newest === undefined) return;
    const { rows, meta } = this.#newest;
    document.querySelector('[data-questions-as-of]').textContent = `As of ${clock(meta.as_of)}.`;
    for (const name of QUESTIONS) {
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
          : SENTENCES[name](its, categoryName, meta.year);
      root.querySelector('[data-state-words]').textContent = isCounting ? 'Still being counted.' : '';
      bars(root.querySelector('[data-bars]'), TABLES[name](its, meta), exact);
    }
  }
}
