// What one transaction takes of the records of a definition, and writes. It is taken before the transaction has begun, where
// Postgres need not be asked for it.

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

/** The sessions as they are with all that was taken, committed or not. */
export type Known = {
  readonly version: number;
  readonly plans: ReadonlyMap<number, Plan>;
  readonly names: readonly string[];
  readonly state: State;
  readonly maxSessions: number;
  /** That Postgres has once all of it is committed. */
  revision: number;
  /** Number of open sessions, cached or not. */
  total: number;
  /** Transactions that have changed it, and how many of them, which are the first, are committed. */
  taken: number;
  committed: number;
  /** Rows that those delete which are not committed: whoever reads them finds sessions that have ended. */
  readonly leaving: Set<number>;
  /** True where one of them was not committed, or another process has written: it is never used again. */
  isLost: boolean;
  /** True where no other process wrote between our last two transactions. */
  isAlone: boolean;
};

/** Figures of a transaction. */
export type Change = {
  readonly flushed: number;
  readonly asides: number;
  /** Sessions that are open now, and the limit of them. */
  readonly open: number;
  readonly most: number;
};

/** How often the sessions of a definition were changed, and which version of it is in force. */
export type Row = { readonly revision: number; readonly version: number };

/** How many of its transactions are not committed. */
export const waitingOf = ({ taken, committed }: Known): number => taken - committed;

export const isSame = (one: Row, other: Row): boolean =>
  one.revision === other.revision && one.version === other.version;

/** The sessions within one transaction, which may be yet to begin. */
export class Transacted {
  readonly known: Known;
  readonly #postgres: Client | Pool;
  readonly #number: number;
  /** The rows that it deletes. */
  #leaving: readonly number[] = [];
  /** Of the sessions as they were before. */
  readonly #before: Row;
  readonly #flushed: Flushed[] = [];
  readonly #asides: AsideRow[] = [];
  #changes: readonly Part<Client>[] | undefined;
  #opened = 0;
  #open = 0;

  /** @param postgres the transaction; before it has begun, who is asked for sessions that aren't cached */
  constructor(known: Known, postgres: Client | Pool) {
    this.known = known;
    this.#postgres = postgres;
    this.#before = { revision: known.revision, version: known.version };
    known.revision += 1;
    known.taken += 1;
    this.#number = known.taken;
  }

  /** The fields of a record's cells, in their order. */
  get names(): readonly string[] {
    return this.known.names;
  }

  /**
   * Aggregates records, after their sessions were read from Postgres where they aren't cached.
   * @param records each is made when its turn comes, where that is possible
   * @param most how many they are at most
   */
  async take(records: Iterable<Rec>, most: number, now: number): Promise<void> {
    const { state, maxSessions } = this.known;
    const all = this.known.total === state.open.size ? records : await this.#load([...records]);
    // Near the limit, sessions that have expired meanwhile are removed before one is refused.
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

  setAside(aside: AsideRow): void {
    this.#asides.push(aside);
  }

  /** Flushes due sessions. @returns false where there may be more */
  async flushDue(now: number, most: number): Promise<boolean> {
    const { state } = this.known;
    const keys = await dueKeys(this.#postgres, state.plan, now, most);
    await this.#read(keys.filter((key) => state.open.byKey(key) === undefined));
    const due = keys.flatMap((key) => state.open.byKey(key) ?? []);
    this.#flushed.push(...flushDue(state, now, due));
    return keys.length < most;
  }

  /** Whether what was taken follows what Postgres has now, which nobody else changes any more. */
  isAfter(row: Row): boolean {
    return !this.known.isLost && isSame(this.#before, row);
  }

  get isMade(): boolean {
    return this.#changes !== undefined;
  }

  /** How many sessions were opened. */
  get opened(): number {
    return openedOf(this.known.state);
  }

  /**
   * Makes what is to be written, so that the sessions may change again.
   * @returns false where `numbers` are too few: nothing is made
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

  /** Writes all changes, and has some numbers ready for the next transaction. */
  async write(client: Client, numbers: RowNumbers): Promise<Change> {
    const { definition } = this.known.state.plan;
    await writeParts(client, this.#changes ?? []);
    await insertResults(client, this.#flushed, undefined);
    await insertAsides(client, definition, this.#asides, undefined);
    await numbers.reserve(client, 2 * this.#opened);
    const { maxSessions: most } = this.known;
    return { flushed: this.#flushed.length, asides: this.#asides.length, open: this.#open, most };
  }

  /** Postgres has all of it: what it has changed may be read there again. */
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
    // Of the moment before: a row that is deleted while they are read may be among them.
    const ended = new Set(leaving);
    for (const session of await readSessions(this.#postgres, plans, state.plan, keys))
      if (session.row === undefined || !ended.has(session.row)) state.open.add(session);
  }
}
