// Is everything that was acknowledged there, once? Asked of Postgres, against what the clients were told.

import type { Pool } from '../../src/db/pool.ts';
import { recountProblems } from '../support/recount.ts';
import type { Acknowledged } from './load.ts';

export type Verdict = {
  readonly acknowledged: number;
  readonly stored: number;
  readonly setAside: number;
  /** Acknowledged, and neither stored nor set aside. */
  readonly lost: number;
  /** Rows of the table or of the dead letters beyond one for each event or record. */
  readonly doubled: number;
  /** Views that differ from a recount of the raw events. */
  readonly wrongViews: readonly string[];
};

/** True once as many rows are there as there will ever be. */
export async function isDrained(pool: Pool, { events, malformed }: Acknowledged): Promise<boolean> {
  const { rows } = await pool.query<{ stored: number; aside: number }>(
    `SELECT (SELECT count(*) FROM events WHERE topic IS NOT NULL) AS stored,
       (SELECT count(DISTINCT payload) FROM dead_letters) AS aside`,
  );
  const { stored = 0, aside = 0 } = rows[0] ?? {};
  return stored >= events.size && aside >= malformed.size;
}

/** Compares; `acknowledged` and the database must be at rest. */
export async function judge(pool: Pool, { events, malformed }: Acknowledged): Promise<Verdict> {
  const stored = await pool.query<{ id: string; count: number }>(
    `SELECT replace(order_id::text, '-', '') AS id, count(*) AS count FROM events WHERE topic IS NOT NULL GROUP BY 1`,
  );
  const letters = await pool.query<{ payload: Buffer; records: number; letters: number }>(
    `SELECT payload, count(DISTINCT (cluster_id, topic, "partition", "offset")) AS records, count(*) AS letters
     FROM dead_letters GROUP BY 1`,
  );
  const storedIds = new Set(stored.rows.map(({ id }) => id));
  const asidePayloads = new Set(letters.rows.map(({ payload }) => payload.toString()));
  const lostEvents = [...events.keys()].filter((id) => !storedIds.has(id));
  const lostMalformed = [...malformed].filter((payload) => !asidePayloads.has(payload));
  const doubledRows = stored.rows.reduce((sum, { count }) => sum + count - 1, 0);
  const doubledLetters = letters.rows.reduce((sum, one) => sum + one.letters - one.records, 0);
  return {
    acknowledged: events.size + malformed.size,
    stored: storedIds.size,
    setAside: asidePayloads.size,
    lost: lostEvents.length + lostMalformed.length,
    doubled: doubledRows + doubledLetters,
    wrongViews: await recountProblems(pool),
  };
}
