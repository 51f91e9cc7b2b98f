// What the chosen range adds up to, each figure beside that of as many days before.

import { exact, span } from './numbers.js';
import { compare, counter, perHundred, write } from './tiles.js';

const WHEN = 'in the period before';
/** @typedef {import('../../../src/dashboard/charts/operations.ts').ChartAnswer<'totals'>} Answer */

/**
 * @param {Answer['rows']} rows
 * @param {'count' | 'before'} field
 * @returns {{ order?: number, banner_click?: number }}
 */
const byTitle = (rows, field) => Object.fromEntries(rows.map((row) => [row.title, row[field]]));

/** @type {import('./panel.js').View<Answer>} */
export const totalsView = {
  isEmpty: () => false,
  facts: (meta) => `compared with ${span(meta.before.from, meta.before.to)}`,
  drawHtml(root, { rows }) {
    /** @param {string} name */
    const tile = (name) => root.querySelector(`[data-total="${name}"]`);
    const [now, then] = [byTitle(rows, 'count'), byTitle(rows, 'before')];
    for (const { title, count, before } of rows)
      write(tile(title), counter(count), exact(count), ...compare(count, before, WHEN));
    const [rate, earlier] = [perHundred(now), perHundred(then)];
    const words = earlier === undefined ? `no clicks ${WHEN}` : `${earlier.toFixed(1)} ${WHEN}`;
    write(
      tile('rate'),
      rate?.toFixed(1) ?? '–',
      rate === undefined ? 'no clicks' : String(rate),
      words,
      'same',
    );
  },
  reading: ({ meta }) => span(meta.from, meta.to),
};
