// Plain rows of CSV, added up in the memory of a tally (src/aggregator/batch/tally.ts): it does with them what that does row by row,
// as WebAssembly, which is made of this file and those in plain-rows/, in AssemblyScript, by scripts/wasm.mjs. Rows go through each step a
// batch at a time, so that the waits for the memory of their groups overlap. It stops before a row that is not plain, or needs more memory:
// the tally takes that one itself.

import { cut } from './plain-rows/cut';
import { BATCH, ends, STATE_LINE } from './plain-rows/layout';
import { findSlots, loadSlots, storeSlots } from './plain-rows/slots';
import { addRows, hasTape, loadSums, storeSums } from './plain-rows/sums';
import { readRow } from './plain-rows/values';

export { configure } from './plain-rows/layout';
export { remember } from './plain-rows/values';

/** Adds rows up. @param stop where rows that begin there are no more read @returns where the first one begins that was not */
export function read(from: u32, to: u32, stop: u32): u32 {
  let line = load<f64>(STATE_LINE);
  loadSlots();
  loadSums();
  let at = from;
  for (let done = BATCH; done === BATCH; ) {
    let count = 0;
    for (let next = at; count < BATCH && next < stop; count += 1) {
      next = cut(count, next, to);
      if (next === 0 || !readRow(count)) break;
      store<u32>(ends + 4 * count, next);
    }
    if (!hasTape(count)) break;
    done = addRows(findSlots(count), line);
    if (done > 0) at = load<u32>(ends + 4 * (done - 1));
    line += done;
  }
  store<f64>(STATE_LINE, line);
  storeSlots();
  storeSums();
  return at;
}
