// Progress of a sink, read from Postgres: a partition is stored in its order, so once the event of a mark is visible, all
// before it are. A query takes a few index lookups, the same for every sink.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../src/db/pool.ts';
import type { Backlog } from './topic.ts';

const EVERY_MS = 25;
const CHECK_EVERY_MS = 1_000;
const LONGEST_MS = 300_000;
/** Marks of each partition that one query looks for, as a batch may pass several. */
const AHEAD = 8;

export class Progress {
  readonly #pool: Pool;
  readonly #table: string;
  readonly #backlog: Backlog;
  readonly #check: () => void;
  /** Number of seen marks by partition. */
  readonly #seen: number[];

  /** @param check throws where the sink has failed */
  constructor(pool: Pool, table: string, backlog: Backlog, check: () => void) {
    this.#pool = pool;
    this.#table = table;
    this.#backlog = backlog;
    this.#check = check;
    this.#seen = backlog.marks.map(() => 0);
  }

  /** Waits until a row is visible. */
  async first(): Promise<void> {
    await this.#until(async () => {
      const { rows } = await this.#pool.query<{ any: boolean }>(
        `SELECT EXISTS (SELECT FROM ${this.#table}) AS any`,
      );
      return rows[0]?.any === true;
    });
  }

  /** Waits until at least `rows` are visible. @returns how many are, to a hundredth of a partition */
  async reached(rows: number): Promise<number> {
    await this.#until(async () => {
      await this.#look();
      return this.#rows() >= rows;
    });
    return this.#rows();
  }

  #rows(): number {
    const stored = this.#backlog.marks.map(
      (marks, partition) => marks[(this.#seen[partition] ?? 0) - 1]?.rows ?? 0,
    );
    return stored.reduce((sum, one) => sum + one, 0);
  }

  async #look(): Promise<void> {
    const awaited = this.#backlog.marks.map((marks, partition) => {
      const next = this.#seen[partition] ?? 0;
      return marks.slice(next, next + AHEAD).map(({ id }) => id);
    });
    const { rows } = await this.#pool.query<{ id: string }>(
      `SELECT replace(order_id::text, '-', '') AS id FROM ${this.#table} WHERE order_id = ANY ($1::uuid[])`,
      [awaited.flat()],
    );
    const visible = new Set(rows.map(({ id }) => id));
    for (const [partition, ids] of awaited.entries())
      this.#seen[partition] = (this.#seen[partition] ?? 0) + ids.filter((id) => visible.has(id)).length;
  }

  async #until(isSo: () => Promise<boolean>): Promise<void> {
    const began = performance.now();
    for (let checked = began; !(await isSo()); await sleep(EVERY_MS)) {
      const now = performance.now();
      if (now - checked < CHECK_EVERY_MS) continue;
      this.#check();
      checked = now;
      if (now - began > LONGEST_MS) throw new Error(`${this.#table} has only ${this.#rows()} rows`);
    }
  }
}
