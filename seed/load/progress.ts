// Options, progress and result of a load. seed/terminal.ts shows them.

import type { Pool } from '../../src/db/pool.ts';
import type { Logger } from '../../src/runtime/log.ts';
import type { Source } from '../csv/packing.ts';

export type LoadStep = 'comparing' | 'reading' | 'indexing' | 'merging' | 'attaching' | 'locating';

export type LoadProgress = {
  readonly step: LoadStep;
  readonly rows: number;
  readonly rejected: number;
  /** Share of the step that is done, 0 to 1; undefined where the size is unknown. */
  readonly done: number | undefined;
  /** Rows that an earlier, unfinished run had read. */
  readonly resumedRows: number;
};

/** Reports progress of a step. */
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
  /** False for a pipe, which can be opened once. */
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
  /** Rows of the file that were in events before, with the same content. */
  readonly present: number;
  /** Rows that were set aside; the table rejected_rows has the first 100,000 of them. */
  readonly rejected: number;
  /** The first few of them. */
  readonly rejects: readonly RejectedRow[];
  /** Size of the CSV text, unpacked. */
  readonly bytes: number;
  readonly sha256: string;
  readonly seconds: number;
  /** True where exactly this text had been loaded before: nothing was done. */
  readonly known: boolean;
};
