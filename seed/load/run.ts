// The steps of a load in their order, each with its progress.

import type { Client } from '../../src/db/pool.ts';
import type { Source } from '../csv/packing.ts';
import { DatasetError } from '../errors.ts';
import { beginOrResume, ROWS_PER_COMMIT } from './begin.ts';
import { type Connections, withConnections } from './connections.ts';
import { findKnown, findLoaded } from './known.ts';
import { attachStage } from './merge/attach.ts';
import { mergeRows } from './merge/merge.ts';
import { sampleRows } from './merge/sample-rows.ts';
import type { LoadInput, LoadOptions, LoadResult, LoadStep, Tell } from './progress.ts';
import { locateRejects } from './rejects/locate.ts';
import { readRejects, refuse, resultOf } from './rejects/rejects.ts';
import { dropRepeats } from './rejects/repeats.ts';
import { countUsers, RunningCounts } from './stage/counts.ts';
import { addIndexes, addKey, indexKey } from './stage/indexes.ts';
import { dropStage, readUnfinished, type Unfinished } from './stage/unfinished.ts';

/** Fewer rows are merged: replacing the partition pays only for a file that is most of the table. */
const LEAST_ROWS_TO_ATTACH = 25_000;
const MOST_ROWS_TO_MOVE = 1_000_000;
const LEAST_SHARE = 4;

/** Loads what `input` gives, once. */
export async function runLoad(input: LoadInput, options: LoadOptions): Promise<LoadResult> {
  const source = await input.open();
  const begun = Date.now();
  const outcome = await withConnections(options.pool, (connections) =>
    new Load(connections, input, options).run(source),
  );
  return { ...outcome, seconds: (Date.now() - begun) / 1000 };
}

type Outcome = Omit<LoadResult, 'seconds'>;

class Load {
  readonly #connections: Connections;
  readonly #input: LoadInput;
  readonly #options: LoadOptions;
  readonly #tell: Tell;
  readonly #counts: RunningCounts;

  constructor(connections: Connections, input: LoadInput, options: LoadOptions) {
    this.#connections = connections;
    this.#input = input;
    this.#options = options;
    this.#counts = new RunningCounts(connections.side);
    this.#tell = (step: LoadStep, rows: number, rejected: number, more = {}) =>
      options.onProgress?.({ step, rows, rejected, done: undefined, resumedRows: 0, ...more });
  }

  async run(source: Source): Promise<Outcome> {
    const { main } = this.#connections;
    try {
      const known = await findKnown(main, this.#input, this.#tell);
      if (known !== undefined) return known;
      const load = await beginOrResume(main, this.#input, this.#options, source, {
        tell: this.#tell,
        onCommit: (state, blocks) => this.#counts.follow(state, blocks),
      });
      if (load.rejected > 0) await this.#onRejects(main, load);
      if (load.rows === 0) await this.#refuseEmpty(load);
      return (await this.#findSame(load)) ?? (await this.#finish(load));
    } catch (error) {
      // After a lost connection the next run resumes; a bad file leaves nothing behind.
      if (error instanceof DatasetError && error.code !== 'EVENTS_BUSY') await this.#forget();
      throw error;
    }
  }

  /** Drops what was read, except of a merge that has begun, which the next run finishes. */
  async #forget(): Promise<void> {
    const { main } = this.#connections;
    if ((await readUnfinished(main))?.merged_blocks === 0) await dropStage(main);
  }

  /** An earlier load of the same text; for standard input the checksum is known only now. */
  async #findSame(load: Unfinished): Promise<Outcome | undefined> {
    const { main } = this.#connections;
    const known = await findLoaded(main, load.sha256);
    if (known !== undefined) await dropStage(main);
    return known;
  }

  async #refuseEmpty(load: Unfinished): Promise<never> {
    const [first] = await readRejects(this.#connections.main, load.load_id, 1);
    const why = first ? `; line ${first.line}: ${first.column ?? 'row'} ${first.reason}` : '';
    const came =
      load.rejected === 0
        ? `${load.source}, which has a header and nothing else`
        : `${load.source}, none of whose ${load.rejected} rows is good`;
    throw new DatasetError('NO_ROWS', `received ${came}, expected at least one row${why}`);
  }

  async #finish(read: Unfinished): Promise<Outcome> {
    const { main } = this.#connections;
    const attach = read.merged_blocks === 0 && (await this.#worthAttaching(read));
    const { load, added } = attach ? await this.#attach(read) : await this.#merge(read);
    await this.#locate(main, load);
    return resultOf(main, load, added, false);
  }

  async #worthAttaching({ rows }: Unfinished): Promise<boolean> {
    const { main } = this.#connections;
    const counted = await main.query<{ count: number }>(
      'SELECT coalesce(sum(count), 0)::bigint AS count FROM day_counts',
    );
    const others = (counted.rows[0]?.count ?? 0) - (await sampleRows(main));
    return rows >= LEAST_ROWS_TO_ATTACH && others <= MOST_ROWS_TO_MOVE && others * LEAST_SHARE <= rows;
  }

  async #attach(read: Unfinished): Promise<{ load: Unfinished; added: number }> {
    const { main, side } = this.#connections;
    this.#tell('indexing', read.rows, read.rejected);
    let load = read;
    let [unique, zone] = await both(this.#index(load), this.#count(load, false));
    if (!unique) {
      load = await dropRepeats(main, load);
      await this.#onRejects(main, load);
      [unique, zone] = await both(this.#index(load), this.#count(load, true));
    }
    await addKey(main, load);
    this.#tell('attaching', load.rows, load.rejected);
    for (;;) {
      const attached = await attachStage(side, load, zone, (client, state) => this.#onRejects(client, state));
      if (attached !== undefined) return attached;
      zone = await this.#count(load, true);
    }
  }

  /** @returns false where an id is repeated */
  async #index(load: Unfinished): Promise<boolean> {
    const { main } = this.#connections;
    const unique = await indexKey(main, load);
    if (unique) await addIndexes(main, load);
    return unique;
  }

  /** @returns the time zone of the days. @param anew whether rows were deleted, or the time zone has changed */
  async #count(load: Unfinished, anew: boolean): Promise<string> {
    const zone = await (anew ? this.#counts.again(load) : this.#counts.finish(load));
    await countUsers(this.#connections.side, load);
    return zone;
  }

  async #merge(read: Unfinished): Promise<{ load: Unfinished; added: number }> {
    const { strict, rowsPerCommit = ROWS_PER_COMMIT } = this.#options;
    const load = await mergeRows(this.#connections.main, read, {
      sample: this.#input.sample,
      // One transaction, so that a bad row rolls everything back.
      rowsPerCommit: strict ? Number.POSITIVE_INFINITY : rowsPerCommit,
      onProgress: (done) => this.#tell('merging', read.rows, read.rejected, { done }),
      onRejects: (client, state) => this.#onRejects(client, state),
    });
    return { load, added: load.merged_rows };
  }

  /** With `strict`, the first bad row ends the load. */
  async #onRejects(client: Client, load: Unfinished): Promise<void> {
    if (this.#options.strict !== true) return;
    await this.#locate(client, load);
    refuse(load.source, await readRejects(client, load.load_id, 1));
  }

  async #locate(client: Client, load: Unfinished): Promise<void> {
    if (!this.#input.again) return;
    await locateRejects(client, load.load_id, () => {
      this.#tell('locating', load.rows, load.rejected);
      return this.#input.open();
    });
  }
}

/** Waits for both, also where one fails: its connection is still in use. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}
