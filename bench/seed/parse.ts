// Parsing alone, beside its physical limit, which is reading the file.

import { RowEncoder } from '../../seed/csv/encoder.ts';
import { readHeader } from '../../seed/csv/header.ts';
import { wholeLines } from '../../seed/csv/lines.ts';
import { openSource } from '../../seed/csv/source.ts';

/** Seconds to read the file. */
export async function timeReading(file: string): Promise<number> {
  const begun = performance.now();
  for await (const _ of (await openSource(file)).chunks);
  return (performance.now() - begun) / 1000;
}

/** Seconds to read the file and encode its rows for COPY, and their number. */
export async function timeParsing(file: string): Promise<{ seconds: number; rows: number }> {
  const begun = performance.now();
  let encoder: RowEncoder | undefined;
  for await (const lines of wholeLines((await openSource(file)).chunks)) {
    if (encoder === undefined) {
      const { bytes, layout } = readHeader(lines, file);
      encoder = new RowEncoder(1, layout);
      encoder.encode(lines.subarray(bytes));
    } else encoder.encode(lines);
  }
  return { seconds: (performance.now() - begun) / 1000, rows: encoder?.rows ?? 0 };
}
