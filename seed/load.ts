// Loads a file in the dataset's format: streaming, by COPY, beside a running shop.
//
//   file → whole lines → rows for COPY → table events_<load> (committed as it grows: a killed load goes on from there)
//        → key and counts, side by side → the table becomes the partition of events, or its rows are merged into it
//
// Loading the same text again does nothing. docs/decisions/dataset-load.md says why it is done this way.

import { canReadAgain, openSource } from './csv/source.ts';
import type { LoadOptions, LoadProgress, LoadResult, LoadStep, RejectedRow } from './load/progress.ts';
import { runLoad } from './load/run.ts';

export type { LoadOptions, LoadProgress, LoadResult, LoadStep, RejectedRow };

/**
 * Loads a file. The sample, where there is one, goes.
 * Bad rows are set aside in the table rejected_rows and counted in the result; with `strict` the first is an error.
 * @param file path of a CSV file, plain, gzip or zip; `-` for standard input. A load from a pipe can't be resumed.
 * @throws {DatasetError} where the file can't be read or isn't the dataset; nothing is loaded then
 * @throws pg's error where the database goes away; the next call with the same file goes on from there
 */
export async function loadFile({
  file,
  ...options
}: LoadOptions & { readonly file: string }): Promise<LoadResult> {
  const again = await canReadAgain(file);
  return runLoad({ open: () => openSource(file), again, sample: false }, options);
}
