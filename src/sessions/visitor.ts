// The events of one visitor, each with the gap before it and the verdict, from the live stream or from loaded files.

import type { Pool } from '../db/pool.ts';
import type { Dataset } from './dataset/dataset.ts';
import { explainVisits } from './explain.ts';
import { GAP_MS } from './live/core/step.ts';
import type { Source } from './options.ts';

const MOST_EVENTS = 1_000;

const WHERE: Readonly<Record<Source, string>> = {
  live: `stored_at IS NOT NULL AND "time" > now() - interval '8 days'`,
  dataset: 'stored_at IS NULL',
};

type ExplainedVisit = {
  readonly time: string;
  /** Number of its session among the listed ones, from 1. */
  readonly session: number;
  readonly gap_ms: number | null;
  readonly verdict: string;
  readonly order_id: string;
};

/** The newest 1,000 events of a visitor, the oldest of them first. @param userId 32 lower-case hex digits */
export function explainVisitor(dataset: Dataset, source: Source, userId: string): Promise<ExplainedVisit[]> {
  const read = () => readVisits(dataset.pool, source, userId);
  return source === 'live' ? read() : dataset.inTurn(read);
}

async function readVisits(pool: Pool, source: Source, userId: string): Promise<ExplainedVisit[]> {
  const { rows } = await pool.query<{ sent_ms: number; order_id: string }>(
    `SELECT (extract(epoch FROM "time") * 1000)::bigint AS sent_ms, replace(order_id::text, '-', '') AS order_id
     FROM events WHERE ${WHERE[source]} AND user_id = $1
     ORDER BY "time" DESC LIMIT $2`,
    [userId, MOST_EVENTS],
  );
  const events = rows.reverse().map(({ sent_ms, order_id }) => ({ sentMs: sent_ms, place: order_id }));
  return explainVisits(events, GAP_MS).map(({ sentMs, session, gapMs, verdict, place }) => ({
    time: new Date(sentMs).toISOString(),
    session,
    gap_ms: gapMs ?? null,
    verdict,
    order_id: place,
  }));
}
