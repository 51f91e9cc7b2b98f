// The file → the load's table, in transactions of many rows. Each also updates unfinished_load, so that a killed run
// resumes after its last commit, if the file still begins with the same bytes.

import { createHash, type Hash } from 'node:crypto';
import type pg from 'pg';
import { RowEncoder } from '../../csv/encoder.ts';
import { type Header, readHeader } from '../../csv/header.ts';
import { wholeLines } from '../../csv/lines.ts';
import type { Source } from '../../csv/packing.ts';
import { USUAL_LAYOUT } from '../../csv/row.ts';
import { emptyFile } from '../../errors.ts';
import { insertRejects, refuse } from '../rejects/rejects.ts';
import { CopyTransaction } from './copy-transaction.ts';
import { changeStage, fullBlocks, stageTable, type Unfinished } from './unfinished.ts';

const REJECTS_PER_COMMIT = 5_000;

export type ReadOptions = {
  readonly source: Source;
  /** The first bad row ends the load. */
  readonly strict: boolean;
  readonly rowsPerCommit: number;
  readonly onProgress: (rows: number, rejected: number) => void;
  readonly onCommit: OnCommit;
};

/** @param blocks of the load's table which hold committed rows, and to which no more will be added */
export type OnCommit = (load: Unfinished, blocks: number) => void;

export const sha256OfNothing = createHash('sha256').digest('hex');

/**
 * Reads the rest of the file.
 * @returns the complete load; undefined where the file doesn't begin as the earlier run's did
 * @throws {DatasetError} for a file that can't be read, and with `strict` BAD_ROW
 */
export async function readRows(
  client: pg.PoolClient,
  unfinished: Unfinished,
  options: ReadOptions,
): Promise<Unfinished | undefined> {
  const hash = createHash('sha256');
  const reading = new Reading(client, unfinished, options, hash);
  let skip = unfinished.bytes;
  try {
    for await (const lines of wholeLines(options.source.chunks)) {
      reading.begin(lines);
      const known = Math.min(skip, lines.length);
      if (known > 0) {
        hash.update(lines.subarray(0, known));
        skip -= known;
        if (skip === 0 && hash.copy().digest('hex') !== unfinished.sha256) return undefined;
      }
      if (known < lines.length) await reading.take(lines.subarray(known));
    }
    return skip > 0 ? undefined : await reading.finish();
  } catch (error) {
    await reading.abort();
    throw error;
  }
}

class Reading {
  readonly #client: pg.PoolClient;
  readonly #options: ReadOptions;
  readonly #hash: Hash;
  #encoder: RowEncoder;
  #header: Header | undefined;
  #state: Unfinished;
  #bytes: number;
  #copy: CopyTransaction | undefined;

  constructor(client: pg.PoolClient, state: Unfinished, options: ReadOptions, hash: Hash) {
    this.#client = client;
    this.#state = state;
    this.#options = options;
    this.#hash = hash;
    this.#bytes = state.bytes;
    this.#encoder = new RowEncoder(state.lines, USUAL_LAYOUT);
  }

  /** Reads the layout from the file's first lines, also where an earlier run has read them. */
  begin(lines: Buffer): void {
    if (this.#header !== undefined) return;
    this.#header = readHeader(lines, this.#options.source.name);
    this.#encoder = new RowEncoder(this.#state.lines, this.#header.layout);
  }

  async take(lines: Buffer): Promise<void> {
    const { source, strict, rowsPerCommit, onProgress } = this.#options;
    const encoder = this.#encoder;
    const header = this.#bytes === 0 ? this.#header : undefined;
    if (header !== undefined) encoder.lines = header.lines;
    const rows = encoder.encode(lines.subarray(header?.bytes ?? 0));
    this.#hash.update(lines);
    this.#bytes += lines.length;
    if (strict) refuse(source.name, encoder.rejected);
    this.#copy ??= await CopyTransaction.begin(this.#client, stageTable(this.#state));
    await this.#copy.write(rows);
    onProgress(this.#state.rows + encoder.rows, this.#state.rejected + encoder.rejected.length);
    const full = encoder.rows >= rowsPerCommit || encoder.rejected.length >= REJECTS_PER_COMMIT;
    if (full) await this.#commit(false);
  }

  /** @throws {DatasetError} FILE_EMPTY */
  async finish(): Promise<Unfinished> {
    if (this.#bytes === 0) throw emptyFile(this.#options.source.name);
    await this.#commit(true);
    return this.#state;
  }

  async abort(): Promise<void> {
    await this.#copy?.abort();
  }

  async #commit(complete: boolean): Promise<void> {
    const copy = this.#copy ?? (await CopyTransaction.begin(this.#client, stageTable(this.#state)));
    const encoder = this.#encoder;
    const sha256 = this.#hash.copy().digest('hex');
    const { rows, lines, rejected } = encoder;
    const blocks = await copy.commit(async (client) => {
      await insertRejects(client, this.#state, rejected);
      const add = { rows, rejected: rejected.length };
      this.#state = await changeStage(client, { bytes: this.#bytes, lines, sha256, complete, add });
      return fullBlocks(client, this.#state);
    });
    if (!complete) this.#options.onCommit(this.#state, blocks);
    encoder.rows = 0;
    encoder.rejected = [];
    this.#copy = undefined;
  }
}
