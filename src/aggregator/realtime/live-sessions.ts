// The sessions of one real-time definition, shared by all processes that read the topic: Postgres has all of them, each process
// caches some. A writer locks the definition's row and increments its revision; a process that finds another revision than its own
// drops its cache. So a session may have records from partitions of several processes.
//
// The cache is ahead of Postgres by the transactions that are not committed yet. They are committed in the order in which they changed
// the cache; if one fails, the cache is dropped, and all later ones aggregate their records again. A session that isn't cached is as
// Postgres has it: those that a waiting transaction has changed are kept in the cache, and those that it has ended are not loaded.

import { notifyAggregatedSql } from '../../db/change.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { newState } from '../core/step.ts';
import { readPlans } from '../store/definitions.ts';
import { countSessions, RowNumbers } from '../store/sessions.ts';
import { type Change, isSame, type Known, type Row, Transacted, waitingOf } from './transacted.ts';

const MOST_CACHED = 100_000;
/** Share of the cache that is dropped at a time once it is too large. */
const DROPPED_SHARE = 0.1;
const DEFAULT_SESSIONS = 10_000_000;

/** The definition was deleted, so that its processing ends. */
export class DefinitionDeletedError extends Error {
  override readonly name = 'DefinitionDeletedError';

  constructor(definition: string) {
    super(`the definition ${definition} was deleted`);
  }
}

type Transact = (work: (client: Client) => Promise<Change>) => Promise<Change>;

export class LiveSessions {
  readonly #definition: string;
  readonly #pool: Pool;
  readonly #mostCached: number;
  readonly #numbers = new RowNumbers();
  /** What the next transaction goes on with; undefined while one has it that aggregates within its transaction. */
  #known: Known | undefined;
  #taken: Promise<unknown> = Promise.resolve();
  #committed: Promise<unknown> = Promise.resolve();

  /**
   * @param pool for sessions that are loaded before their transaction begins
   * @param mostCached sessions in the cache at most, but for those of transactions that are not committed
   */
  constructor(definition: string, pool: Pool, mostCached = MOST_CACHED) {
    this.#definition = definition;
    this.#pool = pool;
    this.#mostCached = mostCached;
  }

  /**
   * Runs transactions that change sessions, one after the other, as they share the cache. While no other process writes, the records
   * of one are aggregated while Postgres commits the one before. They are aggregated again if that one fails, or if another process
   * has written in between.
   * @param transact runs its argument in a transaction, and commits it
   * @param work changes the sessions; called a second time where the result of the first was discarded
   * @param records number of records that it aggregates at most; left out where it has to read Postgres in its transaction
   * @throws {DefinitionDeletedError}; what `transact` throws
   */
  async change(
    transact: Transact,
    work: (sessions: Transacted) => Promise<void>,
    records?: number,
  ): Promise<Change> {
    const [taken, committed] = [this.#taken, this.#committed];
    let resolve = () => {};
    this.#taken = new Promise<void>((resolveTaken) => {
      resolve = resolveTaken;
    });
    const mine = taken
      .then(() => this.#takeAhead(work, records, resolve))
      .then((ahead) => committed.then(() => this.#change(transact, work, ahead, resolve)))
      .finally(resolve);
    this.#committed = mine.catch(() => {});
    return mine;
  }

  /** Does the work before its transaction begins. @returns undefined where it has to be done within the transaction */
  async #takeAhead(
    work: (sessions: Transacted) => Promise<void>,
    records: number | undefined,
    onTaken: () => void,
  ): Promise<Transacted | undefined> {
    const known = this.#known;
    if (known === undefined || records === undefined || !isOurs(known, records)) return undefined;
    this.#dropSome(known);
    const ahead = new Transacted(known, this.#pool);
    try {
      await work(ahead);
    } catch {
      // It fails again within the transaction, whose caller gets the error.
      this.#lose(known);
      return undefined;
    }
    if (!ahead.make(this.#numbers)) return ahead;
    onTaken();
    return ahead;
  }

  /** Drops sessions from a cache that is too large, the longest cached first, but none that Postgres doesn't have as it is. */
  #dropSome({ state: { open }, committed }: Known): void {
    if (open.size <= this.#mostCached) return;
    let left = open.size - this.#mostCached * (1 - DROPPED_SHARE);
    for (const session of open) {
      if (left <= 0) return;
      if (session.transaction > committed) continue;
      open.delete(session);
      left -= 1;
    }
  }

  async #change(
    transact: Transact,
    work: (sessions: Transacted) => Promise<void>,
    ahead: Transacted | undefined,
    onTaken: () => void,
  ): Promise<Change> {
    let taken = ahead;
    try {
      const change = await transact(async (client) => {
        const row = await this.#lock(client);
        if (ahead !== undefined && !ahead.isAfter(row)) {
          this.#lose(ahead.known);
          taken = undefined;
        }
        taken ??= await this.#takeNow(client, row, work);
        if (!taken.isMade) {
          await this.#numbers.reserve(client, taken.opened);
          taken.make(this.#numbers);
        }
        this.#known ??= taken.known;
        onTaken();
        return taken.write(client, this.#numbers);
      });
      taken?.committed();
      return change;
    } catch (error) {
      if (taken !== undefined) this.#lose(taken.known);
      throw error;
    }
  }

  #lose(known: Known): void {
    known.isLost = true;
    if (this.#known === known) this.#known = undefined;
  }

  /** Locks the definition's row until our commit. @returns the row as it was before */
  async #lock(client: Client): Promise<Row> {
    const { rows } = await client.query<Row>(
      `UPDATE aggregator_definitions SET revision = revision + 1 WHERE name = $1
       RETURNING revision - 1 AS revision, version, ${notifyAggregatedSql('name')}`,
      [this.#definition],
    );
    const [row] = rows;
    if (row === undefined) throw new DefinitionDeletedError(this.#definition);
    return row;
  }

  async #takeNow(
    client: Client,
    row: Row,
    work: (sessions: Transacted) => Promise<void>,
  ): Promise<Transacted> {
    const known = await this.#current(client, row);
    const taken = new Transacted(known, client);
    try {
      await work(taken);
    } catch (error) {
      known.isLost = true;
      throw error;
    }
    return taken;
  }

  /** The cache if it is as Postgres has the sessions, a new one otherwise. Nobody else changes them until our commit. */
  async #current(client: Client, row: Row): Promise<Known> {
    const known = this.#known;
    this.#known = undefined;
    // Transactions that wait behind this one have to aggregate again, as this one changes the sessions before them.
    if (known !== undefined && (waitingOf(known) > 0 || !isSame(known, row))) known.isLost = true;
    if (known === undefined || known.isLost) return this.#read(client, row);
    known.isAlone = true;
    this.#dropSome(known);
    return known;
  }

  async #read(client: Client, row: Row): Promise<Known> {
    const { plans, fields, definition } = await readPlans(client, this.#definition);
    const plan = plans.get(row.version);
    if (plan === undefined)
      throw new Error(`the definition ${this.#definition} has no version ${row.version}`);
    return {
      revision: row.revision,
      version: row.version,
      plans,
      names: fields.names,
      state: newState(plan, 'real-time'),
      maxSessions: definition.limits?.max_sessions ?? DEFAULT_SESSIONS,
      total: await countSessions(client, plan),
      taken: 0,
      committed: 0,
      leaving: new Set(),
      isLost: false,
      isAlone: false,
    };
  }
}

/** Whether so many records can be aggregated before their transaction: no other process writes, and the limit of sessions isn't near. */
const isOurs = ({ total, isAlone, isLost, maxSessions }: Known, records: number): boolean =>
  isAlone && !isLost && total + records <= maxSessions;
