// Is everything that was acknowledged there, once? Asked of Postgres, against what the clients were told.

import { QuestionBoard } from '../../src/dashboard/questions/board.ts';
import type { Pool } from '../../src/db/pool.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { testLog } from '../support/database.ts';
import { recountProblems } from '../support/recount.ts';
import { questionProblems } from '../support/recount-questions.ts';
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
  /** Questions whose answer differs from a recount of the raw events. */
  readonly wrongAnswers: readonly string[];
  /** Acknowledged events whose row says something else than what was sent. */
  readonly changed: readonly string[];
};

/** What a verdict has to say. */
export const NOTHING_WRONG = { lost: 0, doubled: 0, wrongViews: [], wrongAnswers: [], changed: [] } as const;

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
  const changed = await changedEvents(pool, events);
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
    wrongAnswers: await questionProblems(pool, await new QuestionBoard(pool, testLog).answer()),
    changed,
  };
}

/** The columns of an event as one text. Context isn't among them: the collector adds to it. */
const contentOf = (event: Omit<ShopEvent, 'context'>): string =>
  [
    ...[event.order_id, event.user_id, event.page_id].map((id) => id.replaceAll('-', '')),
    event.product,
    event.site_version,
    new Date(event.time).toISOString(),
    event.title,
    event.target,
  ].join(' ');

/** Rows of these events that are not what was sent, column by column; those without a row are not among them. */
async function changedEvents(pool: Pool, events: ReadonlyMap<string, ShopEvent>): Promise<string[]> {
  const { rows } = await pool.query<ShopEvent>(
    `SELECT order_id, user_id, page_id, product, site_version, "time", title, target FROM events WHERE topic IS NOT NULL`,
  );
  return rows.flatMap((row) => {
    const sent = events.get(row.order_id.replaceAll('-', ''));
    const [is, was] = [contentOf(row), sent === undefined ? undefined : contentOf(sent)];
    return was === undefined || is === was ? [] : [`${is}, sent as ${was}`];
  });
}
