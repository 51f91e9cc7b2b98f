// Parsing alone, beside the physical limit: reading the file and looking at nothing.

import { RowEncoder } from '../../seed/csv/encoder.ts';
import { checkHeader } from '../../seed/csv/header.ts';
import { wholeLines } from '../../seed/csv/lines.ts';
import { openSource } from '../../seed/csv/source.ts';

/** Seconds to read the file. */
export async function timeReading(file: string): Promise<number> {
  const begun = performance.now();
  for await (const _ of (await openSource(file)).chunks);
  return (performance.now() - begun) / 1000;
}

/** Seconds to read the file and make COPY's rows of it, and how many there are. */
export async function timeParsing(file: string): Promise<{ seconds: number; rows: number }> {
  const begun = performance.now();
  const encoder = new RowEncoder(1);
  let header = true;
  for await (const lines of wholeLines((await openSource(file)).chunks)) {
    encoder.encode(header ? lines.subarray(checkHeader(lines, file)) : lines);
    header = false;
  }
  return { seconds: (performance.now() - begun) / 1000, rows: encoder.rows };
}
