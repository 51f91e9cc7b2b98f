// The sessions of one real-time definition, shared by all processes that read the topic: Postgres has all of them, each process
// some in a bounded cache. A writer locks the definition's row and increments its revision; a process that finds another
// revision than its own drops its cache. So a session may have records from partitions of several processes.

import { notifyAggregatedSql } from '../../db/change.ts';
import type { Client } from '../../db/pool.ts';
import { keyOf } from '../core/cell.ts';
import type { Plan } from '../core/plan.ts';
import { type Flushed, flushDue, newState, placeOf, type Rec, type State, step } from '../core/step.ts';
import { readPlans } from '../store/definitions.ts';
import { type AsideRow, insertAsides, insertResults } from '../store/results.ts';
import {
  countSessions,
  dueKeys,
  readSessions,
  sessionsWritten,
  type WrittenSessions,
  writeSessions,
} from '../store/sessions.ts';

const MOST_CACHED = 100_000;
const DEFAULT_SESSIONS = 10_000_000;

type Known = {
  readonly revision: number;
  readonly version: number;
  readonly plans: ReadonlyMap<number, Plan>;
  readonly names: readonly string[];
  readonly state: State;
  readonly maxSessions: number;
  /** Number of open sessions in Postgres, cached or not. */
  total: number;
};

/** Figures of a transaction. */
export type Change = {
  readonly flushed: number;
  readonly asides: number;
  /** Sessions that are open now, and the limit of them. */
  readonly open: number;
  readonly most: number;
};

/** The definition was deleted, which ends its processing. */
export class DefinitionDeletedError extends Error {
  override readonly name = 'DefinitionDeletedError';

  constructor(definition: string) {
    super(`the definition ${definition} was deleted`);
  }
}

export class LiveSessions {
  readonly #definition: string;
  readonly #mostCached: number;
  #known: Known | undefined;
  #before: Promise<unknown> = Promise.resolve();

  constructor(definition: string, mostCached = MOST_CACHED) {
    this.#definition = definition;
    this.#mostCached = mostCached;
  }

  /**
   * Runs a transaction that changes sessions, one at a time in this process, as they share the cache.
   * @param transact runs the work in a transaction, to its commit
   */
  async change(
    transact: (work: (client: Client) => Promise<Change>) => Promise<Change>,
    work: (sessions: Transacted) => Promise<void>,
  ): Promise<Change> {
    const mine = this.#before.then(() => this.#change(transact, work));
    this.#before = mine.catch(() => {});
    return mine;
  }

  async #change(
    transact: (work: (client: Client) => Promise<Change>) => Promise<Change>,
    work: (sessions: Transacted) => Promise<void>,
  ): Promise<Change> {
    let known: Known | undefined;
    let transacted: Transacted | undefined;
    const change = await transact(async (client) => {
      known = await this.#current(client);
      // An error from here on would leave a cache that differs from Postgres, so it is dropped until the commit.
      this.#known = undefined;
      transacted = new Transacted(client, known);
      await work(transacted);
      return transacted.write();
    });
    if (known === undefined) return change;
    transacted?.committed();
    if (known.state.open.size > this.#mostCached) known.state.open.clear();
    this.#known = { ...known, revision: known.revision + 1 };
    return change;
  }

  async #current(client: Client): Promise<Known> {
    const { rows } = await client.query<{ revision: number; version: number }>(
      'SELECT revision, version FROM aggregator_definitions WHERE name = $1 FOR UPDATE',
      [this.#definition],
    );
    const [row] = rows;
    if (row === undefined) throw new DefinitionDeletedError(this.#definition);
    const known = this.#known;
    if (known?.revision === row.revision && known.version === row.version) return known;
    const { plans, fields, definition } = await readPlans(client, this.#definition);
    const plan = plans.get(row.version);
    if (plan === undefined)
      throw new Error(`the definition ${this.#definition} has no version ${row.version}`);
    return {
      ...row,
      plans,
      names: fields.names,
      state: newState(plan, 'real-time'),
      maxSessions: definition.limits?.max_sessions ?? DEFAULT_SESSIONS,
      total: await countSessions(client, plan),
    };
  }
}

/** The sessions within one transaction. */
export class Transacted {
  readonly #client: Client;
  readonly #known: Known;
  readonly #flushed: Flushed[] = [];
  readonly #asides: AsideRow[] = [];
  #written: WrittenSessions = new Map();

  constructor(client: Client, known: Known) {
    this.#client = client;
    this.#known = known;
  }

  /** The fields of a record's cells, in their order. */
  get names(): readonly string[] {
    return this.#known.names;
  }

  /** Aggregates records, after their sessions were read from Postgres where they aren't cached. */
  async take(records: readonly Rec[], now: number): Promise<void> {
    const { state, maxSessions } = this.#known;
    await this.#load(records);
    // Near the limit, sessions that have expired meanwhile are removed before one is refused.
    if (this.#known.total + records.length > maxSessions)
      this.#known.total = await countSessions(this.#client, state.plan);
    state.maxSessions = state.open.size + Math.max(0, maxSessions - this.#known.total);
    for (const record of records) {
      const outcome = step(state, record, now);
      if ('aside' in outcome)
        this.setAside({ source: record.source, position: record.position, ...outcome.aside });
      else this.#flushed.push(...outcome.flushed);
    }
  }

  setAside(aside: AsideRow): void {
    this.#asides.push(aside);
  }

  /** Flushes due sessions. @returns false where there may be more */
  async flushDue(now: number, most: number): Promise<boolean> {
    const { state } = this.#known;
    const keys = await dueKeys(this.#client, state.plan, now, most);
    await this.#read(keys.filter((key) => state.open.byKey(key) === undefined));
    const due = keys.flatMap((key) => state.open.byKey(key) ?? []);
    this.#flushed.push(...flushDue(state, now, due));
    return keys.length < most;
  }

  /** Must be called once the transaction is committed. */
  committed(): void {
    sessionsWritten(this.#known.state, this.#written);
  }

  /** Writes all changes. */
  async write(): Promise<Change> {
    const { state } = this.#known;
    const { definition } = state.plan;
    const opened = state.touched.filter(({ row, ended }) => row === undefined && !ended).length;
    this.#known.total += opened - state.gone.filter(({ row }) => row !== undefined).length;
    this.#written = await writeSessions(this.#client, state);
    await insertResults(this.#client, this.#flushed, undefined);
    await insertAsides(this.#client, definition, this.#asides, undefined);
    await this.#client.query(
      `UPDATE aggregator_definitions SET revision = revision + 1 WHERE name = $1 RETURNING ${notifyAggregatedSql('name')}`,
      [definition],
    );
    const { total: open, maxSessions: most } = this.#known;
    return { flushed: this.#flushed.length, asides: this.#asides.length, open, most };
  }

  async #load(records: readonly Rec[]): Promise<void> {
    const { state, total } = this.#known;
    if (total === state.open.size) return;
    const missing = new Set<string>();
    for (const { cells } of records) {
      const place = placeOf(state.plan, cells);
      if ('message' in place || state.open.find(place.group, place.periods) !== undefined) continue;
      missing.add(keyOf(place.group, place.periods));
    }
    await this.#read([...missing]);
  }

  async #read(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const { state, plans } = this.#known;
    for (const session of await readSessions(this.#client, plans, state.plan, keys)) state.open.add(session);
  }
}
