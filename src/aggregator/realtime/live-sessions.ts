// The sessions of one real-time definition, shared by all processes that read the topic: Postgres has all of them, each process
// some in a bounded cache. A writer locks the definition's row and increments its revision; a process that finds another
// revision than its own drops its cache. So a session may have records from partitions of several processes.
//
// The cache is ahead of Postgres by the transactions that wait there. They are committed in the order in which they changed it; where
// one of them is not, all that came behind it is lost with the cache, and taken once more. A session that isn't cached is as Postgres
// has it: none that a waiting transaction has changed is dropped from the cache, and one that it has ended is not taken for open.

import { notifyAggregatedSql } from '../../db/change.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { newState } from '../core/step.ts';
import { readPlans } from '../store/definitions.ts';
import { countSessions, RowNumbers } from '../store/sessions.ts';
import { type Change, isSame, type Known, type Row, Transacted, waitingOf } from './transacted.ts';

const MOST_CACHED = 100_000;
/** What is dropped at once from a cache that is too large. */
const DROPPED_SHARE = 0.1;
const DEFAULT_SESSIONS = 10_000_000;

/** The definition was deleted, which ends its processing. */
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
  /** What the next one goes on with; undefined while a transaction changes it within Postgres' hands. */
  #known: Known | undefined;
  #taken: Promise<unknown> = Promise.resolve();
  #committed: Promise<unknown> = Promise.resolve();

  /** @param pool that is asked for sessions before their transaction begins */
  constructor(definition: string, pool: Pool, mostCached = MOST_CACHED) {
    this.#definition = definition;
    this.#pool = pool;
    this.#mostCached = mostCached;
  }

  /**
   * Runs transactions that change sessions: one after the other, as they share the cache. Where no other process writes, one's records
   * are taken while Postgres writes those of the one before; they are taken once more where that one was not committed, or another
   * process wrote in between.
   * @param transact runs the work in a transaction, to its commit
   * @param work is done once, or twice: the second time, nothing of the first one counts
   * @param records how many it takes at most; left out where it has to ask Postgres
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

  /** @returns undefined where it is to be done within the transaction */
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
      // It fails again within the transaction, for whoever waits for that.
      this.#lose(known);
      return undefined;
    }
    if (!ahead.make(this.#numbers)) return ahead;
    onTaken();
    return ahead;
  }

  /** Drops sessions that Postgres has as they are, the longest known first, where there are more than there may be. */
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

  /** Keeps other writers waiting until our commit. @returns the row as it was before */
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

  /** What Postgres has, which nobody else changes any more. */
  async #current(client: Client, row: Row): Promise<Known> {
    const known = this.#known;
    this.#known = undefined;
    // What waits behind this transaction is taken once more, as this one is to come before it.
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

/** Whether so many records can be taken before their transaction: nobody else changes the sessions, and none has to be refused. */
const isOurs = ({ total, isAlone, isLost, maxSessions }: Known, records: number): boolean =>
  isAlone && !isLost && total + records <= maxSessions;
