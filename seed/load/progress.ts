// What a load is given, what it tells while it runs, and what comes of it. How that looks is seed/terminal.ts's business.

import type { Pool } from '../../src/db/pool.ts';
import type { Logger } from '../../src/runtime/log.ts';
import type { Source } from '../csv/packing.ts';

export type LoadStep = 'comparing' | 'reading' | 'indexing' | 'merging' | 'attaching' | 'locating';

export type LoadProgress = {
  readonly step: LoadStep;
  readonly rows: number;
  readonly rejected: number;
  /** How much of the step is done, 0 to 1; undefined where that can't be known. */
  readonly done: number | undefined;
  /** Rows that an earlier, unfinished run had read. */
  readonly resumedRows: number;
};

/** Passes progress on. */
export type Tell = (
  step: LoadStep,
  rows: number,
  rejected: number,
  more?: Partial<Pick<LoadProgress, 'done' | 'resumedRows'>>,
) => void;

export type LoadOptions = {
  readonly pool: Pool;
  readonly log: Logger;
  /** The first bad row ends the load, and nothing is loaded. */
  readonly strict?: boolean | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Rows of one transaction, about, after which a killed load can go on; default 250,000. */
  readonly rowsPerCommit?: number | undefined;
};

export type LoadInput = {
  /** Opens the text from its beginning. */
  readonly open: () => Promise<Source>;
  /** It can be opened more than once. */
  readonly again: boolean;
  readonly sample: boolean;
};

export type RejectedRow = {
  readonly file: string;
  /** Null where the file could not be read a second time. */
  readonly line: number | null;
  readonly column: string | null;
  readonly reason: string;
  readonly content: string;
};

export type LoadResult = {
  readonly source: string;
  /** Rows that this load added. */
  readonly added: number;
  /** Rows of the file that the shop had already, with the same content. */
  readonly present: number;
  /** Rows that were set aside; all of them are in the table rejected_rows. */
  readonly rejected: number;
  /** The first few of them. */
  readonly rejects: readonly RejectedRow[];
  /** Of the CSV text, whatever it came packed in. */
  readonly bytes: number;
  readonly sha256: string;
  readonly seconds: number;
  /** True where exactly this text had been loaded before: nothing was done. */
  readonly known: boolean;
};
