// Rows as the reader of CSV hands them to a tally, of texts in the order of the field table.

import type { PlainRow } from '../../../src/aggregator/batch/reading.ts';

export type Cells = (string | Buffer | undefined)[];

/** @param cells undefined: a column that is missing */
export function plainRow(...cells: Cells): PlainRow {
  const parts = cells.map((cell) => Buffer.from(cell ?? ''));
  const [begins, ends] = [new Int32Array(cells.length), new Int32Array(cells.length)];
  let at = 0;
  for (const [place, part] of parts.entries()) {
    begins[place] = cells[place] === undefined ? -1 : at;
    at += part.length;
    ends[place] = at;
  }
  return { bytes: Buffer.concat(parts), begins, ends };
}
