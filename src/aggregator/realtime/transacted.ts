// The records of one transaction of a definition: aggregated into the cached sessions, where possible before the transaction begins, and
// written within it.

import type { Client, Pool } from '../../db/pool.ts';
import { keyOf } from '../core/cell.ts';
import type { Plan } from '../core/plan.ts';
import { type Flushed, flushDue, placeOf, type Rec, type State, step } from '../core/step.ts';
import { type Part, writeParts } from '../store/in-parts.ts';
import { type AsideRow, insertAsides, insertResults } from '../store/results.ts';
import {
  changesOf,
  countSessions,
  dueKeys,
  openedOf,
  type RowNumbers,
  readSessions,
} from '../store/sessions.ts';

/** The cached sessions with all that was aggregated, committed or not, and what is known of the others. */
export type Known = {
  readonly version: number;
  readonly plans: ReadonlyMap<number, Plan>;
  readonly names: readonly string[];
  readonly state: State;
  readonly maxSessions: number;
  /** The revision that Postgres has once all transactions are committed. */
  revision: number;
  /** Number of open sessions, cached or not. */
  total: number;
  /** Number of transactions that have changed it, and of those that are committed, which are the first ones. */
  taken: number;
  committed: number;
  /** Rows that uncommitted transactions delete: reading them finds sessions that have ended. */
  readonly leaving: Set<number>;
  /** True once a transaction has failed or another process has written: it is never used again. */
  isLost: boolean;
  /** True if no other process wrote between our last two transactions. */
  isAlone: boolean;
};

/** What a transaction has done. */
export type Change = {
  readonly flushed: number;
  readonly asides: number;
  /** Sessions that are open after it, and their limit. */
  readonly open: number;
  readonly most: number;
};

/** The revision of a definition's sessions, and its version in force. */
export type Row = { readonly revision: number; readonly version: number };

/** Number of transactions that are not committed. */
export const waitingOf = ({ taken, committed }: Known): number => taken - committed;

export const isSame = (one: Row, other: Row): boolean =>
  one.revision === other.revision && one.version === other.version;

/** One transaction's view of the sessions. The transaction may not have begun yet. */
export class Transacted {
  readonly known: Known;
  readonly #postgres: Client | Pool;
  readonly #number: number;
  /** Rows that it deletes. */
  #leaving: readonly number[] = [];
  /** The revision and version that Postgres has to have before it. */
  readonly #before: Row;
  readonly #flushed: Flushed[] = [];
  readonly #asides: AsideRow[] = [];
  #changes: readonly Part<Client>[] | undefined;
  #opened = 0;
  #open = 0;

  /** @param postgres reads sessions that aren't cached: the transaction, or a pool before that has begun */
  constructor(known: Known, postgres: Client | Pool) {
    this.known = known;
    this.#postgres = postgres;
    this.#before = { revision: known.revision, version: known.version };
    known.revision += 1;
    known.taken += 1;
    this.#number = known.taken;
  }

  /** Names of the fields, in the order of a record's cells. */
  get names(): readonly string[] {
    return this.known.names;
  }

  /**
   * Aggregates records. Their sessions are read from Postgres first where they aren't cached.
   * @param records iterated once, lazily where all sessions are cached
   * @param most number of records at most
   * @param now milliseconds since the epoch
   */
  async take(records: Iterable<Rec>, most: number, now: number): Promise<void> {
    const { state, maxSessions } = this.known;
    const all = this.known.total === state.open.size ? records : await this.#load([...records]);
    // Near the limit sessions are counted again, as expired ones may have been deleted.
    if (this.known.total + most > maxSessions)
      this.known.total = await countSessions(this.#postgres, state.plan);
    state.maxSessions = state.open.size + Math.max(0, maxSessions - this.known.total);
    for (const record of all) {
      const outcome = step(state, record, now);
      if ('aside' in outcome)
        this.setAside({ source: record.source, position: record.position, ...outcome.aside });
      else if (outcome.flushed.length > 0) this.#flushed.push(...outcome.flushed);
    }
  }

  /** Sets aside a record that take() doesn't get. */
  setAside(aside: AsideRow): void {
    this.#asides.push(aside);
  }

  /** Flushes due sessions, the longest due first. @param most sessions at most @returns false where there may be more */
  async flushDue(now: number, most: number): Promise<boolean> {
    const { state } = this.known;
    const keys = await dueKeys(this.#postgres, state.plan, now, most);
    await this.#read(keys.filter((key) => state.open.byKey(key) === undefined));
    const due = keys.flatMap((key) => state.open.byKey(key) ?? []);
    this.#flushed.push(...flushDue(state, now, due));
    return keys.length < most;
  }

  /** Whether what was aggregated follows what Postgres has. @param row as it is locked */
  isAfter(row: Row): boolean {
    return !this.known.isLost && isSame(this.#before, row);
  }

  /** Whether make() has succeeded. */
  get isMade(): boolean {
    return this.#changes !== undefined;
  }

  /** Number of sessions that it opens. */
  get opened(): number {
    return openedOf(this.known.state);
  }

  /**
   * Encodes all changes, so that the next transaction may change the sessions.
   * @param numbers of rows for the sessions that it opens
   * @returns false where these are too few: nothing is encoded
   */
  make(numbers: RowNumbers): boolean {
    const { known } = this;
    const { opened } = this;
    if (opened > numbers.left) return false;
    known.total += opened - known.state.gone.filter(({ row }) => row !== undefined).length;
    for (const session of known.state.touched) session.transaction = this.#number;
    this.#leaving = known.state.gone.flatMap(({ row }) => row ?? []);
    for (const row of this.#leaving) known.leaving.add(row);
    this.#opened = opened;
    this.#open = known.total;
    this.#changes = [...changesOf(known.state, numbers)];
    return true;
  }

  /** Writes all changes, and reserves row numbers for the next transaction. */
  async write(client: Client, numbers: RowNumbers): Promise<Change> {
    const { definition } = this.known.state.plan;
    await writeParts(client, this.#changes ?? []);
    await insertResults(client, this.#flushed, undefined);
    await insertAsides(client, definition, this.#asides, undefined);
    await numbers.reserve(client, 2 * this.#opened);
    const { maxSessions: most } = this.known;
    return { flushed: this.#flushed.length, asides: this.#asides.length, open: this.#open, most };
  }

  /** Must be called after the commit: sessions that it has changed may be dropped from the cache and read again. */
  committed(): void {
    this.known.committed = this.#number;
    for (const row of this.#leaving) this.known.leaving.delete(row);
  }

  async #load(records: readonly Rec[]): Promise<readonly Rec[]> {
    const { state } = this.known;
    const missing = new Set<string>();
    for (const { cells } of records) {
      const place = placeOf(state.plan, cells);
      if ('message' in place || state.open.find(place.group, place.periods) !== undefined) continue;
      missing.add(keyOf(place.group, place.periods));
    }
    await this.#read([...missing]);
    return records;
  }

  async #read(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const { state, plans, leaving } = this.known;
    // As of now: rows whose deletion is committed while they are read may be among those that are found.
    const ended = new Set(leaving);
    for (const session of await readSessions(this.#postgres, plans, state.plan, keys))
      if (session.row === undefined || !ended.has(session.row)) state.open.add(session);
  }
}
