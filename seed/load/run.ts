// The steps of a load in their order, and how each tells where it is.

import { createHash } from 'node:crypto';
import type { Client, Pool } from '../../src/db/pool.ts';
import type { Logger } from '../../src/log.ts';
import type { Source } from '../csv/source.ts';
import { DatasetError } from '../errors.ts';
import { locateRejects } from './locate.ts';
import { mergeRows } from './merge.ts';
import type { LoadProgress, LoadResult, LoadStep } from './progress.ts';
import { countStage, publishStage } from './publish.ts';
import { readRows, sha256OfNothing } from './read.ts';
import { readRejects, refuse } from './rejects.ts';
import { addKey, dropRepeats } from './repeats.ts';
import { sampleRows } from './sample-rows.ts';
import { inSession, type Session } from './session.ts';
import { beginStage, dropStage, readUnfinished, type Unfinished } from './stage.ts';

export type LoadOptions = {
  readonly pool: Pool;
  readonly log: Logger;
  /** The first bad row ends the load, and nothing is loaded. */
  readonly strict?: boolean | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** After how many rows a killed load can go on; default 250,000. */
  readonly rowsPerCommit?: number | undefined;
};

export type LoadInput = {
  /** Opens the text from its beginning. */
  readonly open: () => Promise<Source>;
  /** It can be opened more than once. */
  readonly again: boolean;
  readonly sample: boolean;
};

/** Fewer rows are merged: replacing the partition is only worth its while for a file that is most of the table. */
const LEAST_ROWS_TO_PUBLISH = 25_000;
const MOST_ROWS_TO_MOVE = 1_000_000;
const LEAST_SHARE = 4;
const SHOWN_REJECTS = 10;
const ROWS_PER_COMMIT = 250_000;

/** Loads what `input` gives, once. */
export async function runLoad(input: LoadInput, options: LoadOptions): Promise<LoadResult> {
  const source = await input.open();
  return inSession(options.pool, (session) => new Load(session, input, options).run(source));
}

class Load {
  readonly #session: Session;
  readonly #input: LoadInput;
  readonly #options: LoadOptions;
  readonly #begun = Date.now();
  #resumedRows = 0;

  constructor(session: Session, input: LoadInput, options: LoadOptions) {
    this.#session = session;
    this.#input = input;
    this.#options = options;
  }

  async run(source: Source): Promise<LoadResult> {
    const { main } = this.#session;
    try {
      const known = await this.#findKnown();
      if (known !== undefined) return known;
      const load = await this.#read(source);
      if (load.rows === 0) await this.#refuseEmpty(load);
      return (await this.#findLoaded(load.sha256, load)) ?? (await this.#finish(load));
    } catch (error) {
      // A lost connection leaves what was read to the next run; a file that is no good leaves nothing.
      if (error instanceof DatasetError && error.code !== 'EVENTS_BUSY') await dropStage(main);
      throw error;
    }
  }

  /** Looks whether this text was loaded before, by its checksum: reading is ten times faster than loading. */
  async #findKnown(): Promise<LoadResult | undefined> {
    const { main } = this.#session;
    const { rowCount } = await main.query('SELECT FROM loads WHERE NOT sample LIMIT 1');
    if (rowCount === 0 || !this.#input.again || (await readUnfinished(main)) !== undefined) return undefined;
    const source = await this.#input.open();
    const hash = createHash('sha256');
    for await (const chunk of source.chunks) {
      hash.update(chunk);
      this.#tell('comparing', 0, 0, share(source));
    }
    return this.#findLoaded(hash.digest('hex'));
  }

  async #findLoaded(sha256: string, load?: Unfinished): Promise<LoadResult | undefined> {
    const { main } = this.#session;
    const { rows } = await main.query<Unfinished & { id: number }>(
      'SELECT id, source, bytes, rejected, rows AS present, rows FROM loads WHERE sha256 = $1 AND NOT sample',
      [sha256],
    );
    const [before] = rows;
    if (before === undefined) return undefined;
    if (load !== undefined) await dropStage(main);
    return this.#result({ ...before, load_id: before.id, sha256 }, 0, true);
  }

  /** Goes on with what an earlier run read of this file, or begins. */
  async #read(source: Source): Promise<Unfinished> {
    const { main } = this.#session;
    const { again, open } = this.#input;
    const earlier = await readUnfinished(main);
    if (earlier !== undefined && again && earlier.bytes > 0) {
      this.#resumedRows = earlier.rows;
      const load = await this.#readFrom(earlier, source);
      if (load !== undefined) return load;
      this.#resumedRows = 0;
      this.#options.log.warn(
        `${earlier.source} was not loaded to its end and is another file: its rows are dropped`,
      );
    }
    await dropStage(main);
    const anew = earlier !== undefined && again && earlier.bytes > 0 ? await open() : source;
    const load = await this.#readFrom(await beginStage(main, source.name, sha256OfNothing), anew);
    if (load === undefined) throw new Error('a new load was taken for another one');
    return load;
  }

  #readFrom(load: Unfinished, source: Source): Promise<Unfinished | undefined> {
    return readRows(this.#session.main, load, {
      source,
      strict: this.#options.strict === true,
      rowsPerCommit: this.#options.rowsPerCommit ?? ROWS_PER_COMMIT,
      onProgress: (rows, rejected) => this.#tell('reading', rows, rejected, share(source)),
    });
  }

  async #refuseEmpty(load: Unfinished): Promise<never> {
    const [first] = await readRejects(this.#session.main, load.load_id, 1);
    const why = first ? `; line ${first.line}: ${first.column ?? 'row'} ${first.reason}` : '';
    throw new DatasetError(
      'NO_ROWS',
      `received ${load.source} with ${load.rejected} bad rows and no good one, expected at least one row${why}`,
    );
  }

  async #finish(read: Unfinished): Promise<LoadResult> {
    const publish = read.merged_blocks === 0 && (await this.#worthPublishing(read));
    const { load, added } = publish ? await this.#publish(read) : await this.#merge(read);
    await this.#locate(this.#session.main, load);
    return this.#result(load, added, false);
  }

  async #worthPublishing({ rows }: Unfinished): Promise<boolean> {
    const { main } = this.#session;
    const counted = await main.query<{ count: number }>(
      'SELECT coalesce(sum(count), 0)::bigint AS count FROM day_counts',
    );
    const others = (counted.rows[0]?.count ?? 0) - (await sampleRows(main));
    return rows >= LEAST_ROWS_TO_PUBLISH && others <= MOST_ROWS_TO_MOVE && others * LEAST_SHARE <= rows;
  }

  async #publish(read: Unfinished): Promise<{ load: Unfinished; added: number }> {
    const { main, side } = this.#session;
    this.#tell('indexing', read.rows, read.rejected);
    let [unique, zone] = await both(addKey(main, read), countStage(side, read));
    let load = read;
    if (!unique) {
      load = await dropRepeats(main, read);
      await this.#onRejects(main, load);
      unique = await addKey(main, load);
      zone = await countStage(side, load);
    }
    this.#tell('publishing', load.rows, load.rejected);
    for (;;) {
      const published = await publishStage(side, load, zone, (client, state) =>
        this.#onRejects(client, state),
      );
      if (published !== undefined) return published;
      zone = await countStage(side, load);
    }
  }

  async #merge(read: Unfinished): Promise<{ load: Unfinished; added: number }> {
    const load = await mergeRows(this.#session.main, read, {
      sample: this.#input.sample,
      onProgress: (done) => this.#tell('merging', read.rows, read.rejected, done),
      onRejects: (client, state) => this.#onRejects(client, state),
    });
    return { load, added: load.merged_rows };
  }

  /** With `strict`, the first repeated order_id ends the load. */
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

  #tell(step: LoadStep, rows: number, rejected: number, done?: number): void {
    this.#options.onProgress?.({ step, rows, rejected, done, resumedRows: this.#resumedRows });
  }

  async #result(
    load: Pick<Unfinished, 'load_id' | 'source' | 'present' | 'rejected' | 'bytes' | 'sha256'>,
    added: number,
    known: boolean,
  ): Promise<LoadResult> {
    const { load_id, ...counts } = load;
    const rejects = await readRejects(this.#session.main, load_id, SHOWN_REJECTS);
    const seconds = (Date.now() - this.#begun) / 1000;
    const { source, present, rejected, bytes, sha256 } = counts;
    return { source, added, present, rejected, rejects, bytes, sha256, seconds, known };
  }
}

/** How much of a source is read. */
function share({ size, taken }: Source): number | undefined {
  return size === undefined ? undefined : Math.min(1, taken() / size);
}

/** Waits for both, also where one fails: its connection is still in use. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}
