// A small table whose cells are bars from zero: the picture and its own text alternative in one.

import { mark } from '../marks.js';
import { categoryName, short } from './format.js';

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });
/** @type {Readonly<Record<string, string>>} */
const HEADS = { category: 'Category', device: 'Device', page: 'Page', month: 'Month', step: 'Who' };

/** @typedef {import('../../../src/dashboard/questions/answer-row.ts').AnswerRow} AnswerRow */
/** @typedef {{ name: string, measure?: string, value?: (count: (measure: string) => number) => string }} Measure */
/** @typedef {{ subject: string, rows: readonly AnswerRow[], measures: readonly Measure[], shared?: boolean, name?: (subject: string) => string }} Table */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} name
 * @param {string} text
 */
export function cell(name, text, className = '') {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** @param {string} kind  @param {string} subject  @param {Table['name'] | undefined} name */
function nameOf(kind, subject, name) {
  const head = cell('th', '');
  head.scope = 'row';
  if (kind === 'category') head.append(mark(subject), categoryName(subject));
  else if (kind === 'month') head.textContent = MONTH.format(Date.UTC(2019, Number(subject) - 1));
  else head.textContent = name?.(subject) ?? subject;
  return head;
}

/** @param {number} count  @param {number} most count of the longest bar  @param {(count: number) => string} exact */
function bar(count, most, exact) {
  const made = cell('td', '', 'bar-cell');
  const fill = cell('span', '', 'bar');
  // The shortest bar is visible (min-inline-size): a count of zero has none.
  fill.hidden = count === 0;
  // Bars of neighbouring columns don't touch.
  fill.style.inlineSize = `calc(${most > 0 ? count / most : 0} * (100% - 12px))`;
  const number = cell('span', short(count), 'number');
  number.title = exact(count);
  made.append(fill, number);
  return made;
}

/**
 * Draws the table; without rows there is none.
 * @param {Element} place element that holds it
 * @param {Table} table
 *   a measure is a bar ({ measure, name }) or a text ({ name, value }); `shared`: all bars on one scale
 * @param {(count: number) => string} exact a count with all its digits
 */
export function bars(place, { subject: kind, rows, measures, shared = false, name }, exact) {
  const subjects = [...new Set(rows.map((row) => row.subject))];
  /** @param {string} subject  @param {string} measure */
  const get = (subject, measure) =>
    rows.find((row) => row.subject === subject && row.measure === measure)?.count ?? 0;
  /** @param {string} measure */
  const most = (measure) =>
    Math.max(...rows.filter((row) => shared || row.measure === measure).map((row) => row.count));
  const head = document.createElement('tr');
  head.append(...[HEADS[kind] ?? kind, ...measures.map((one) => one.name)].map((text) => cell('th', text)));
  for (const made of head.cells) made.scope = 'col';
  const body = subjects.map((subject) => {
    const tr = document.createElement('tr');
    tr.className = `of-${subject}`;
    const cells = measures.map(({ measure = '', value }) =>
      value === undefined
        ? bar(get(subject, measure), most(measure), exact)
        : cell(
            'td',
            value((wanted) => get(subject, wanted)),
            'bar-text',
          ),
    );
    tr.append(nameOf(kind, subject, name), ...cells);
    return tr;
  });
  const table = document.createElement('table');
  table.createTHead().append(head);
  table.createTBody().append(...body);
  place.replaceChildren(...(subjects.length === 0 ? [] : [table]));
}
