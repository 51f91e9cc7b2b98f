// The sessions of a run's visitors in Postgres, and their events that are not the run's: visitors come back, and another run with
// the same seed has the same ones.

import { readOffsets, type Subscription } from '../../consumer/offsets.ts';
import { type Client, type Pool, transaction } from '../../db/pool.ts';
import type { KeptSession, Visited } from './sessions.ts';

/** Visitors of one query. */
const CHUNK = 20_000;
const READ_AT_ONCE = 50_000;
const GAP_MS = 30 * 60_000;

type Wanted = {
  readonly visitors: readonly string[];
  /** The times of the run's first and last event, milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
  /** Whether an event is the run's own. */
  readonly isOwn: (orderId: string) => boolean;
};

/**
 * Reads in one snapshot what sessionProblems() compares: sessions that the run's time touches, and other events around them.
 * @param followed the subscription of live sessions: events behind its offsets are left out
 */
export function readSessions(
  pool: Pool,
  followed: Subscription,
  { visitors, first, last, isOwn }: Wanted,
): Promise<{ kept: KeptSession[]; others: Visited[] }> {
  return transaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const offsets = await readOffsets(client, followed);
    const kept: KeptSession[] = [];
    const others: Visited[] = [];
    for (let from = 0; from < visitors.length; from += CHUNK) {
      const some = visitors.slice(from, from + CHUNK);
      const sessions = await keptOf(client, some, first - GAP_MS, last + GAP_MS);
      const begin = sessions.reduce((least, one) => Math.min(least, one.from), first) - GAP_MS;
      const end = sessions.reduce((most, one) => Math.max(most, one.to), last) + GAP_MS;
      for (const one of sessions) kept.push(one);
      for await (const rows of eventsOf(client, followed.topic, offsets, some, begin, end))
        for (const { order_id: id, ...one } of rows) if (!isOwn(id)) others.push(one);
    }
    return { kept, others };
  });
}

async function keptOf(
  client: Client,
  visitors: readonly string[],
  from: number,
  to: number,
): Promise<KeptSession[]> {
  const { rows } = await client.query<KeptSession>(
    `SELECT id, replace(user_id::text, '-', '') AS visitor, robot, events,
       round(1000 * extract(epoch FROM started_at))::bigint AS "from",
       round(1000 * extract(epoch FROM ended_at))::bigint AS "to"
     FROM sessions WHERE user_id = ANY ($1::uuid[])
       AND ended_at > to_timestamp($2 / 1000.0) AND started_at < to_timestamp($3 / 1000.0)`,
    [visitors, from, to],
  );
  return rows;
}

type Row = Visited & { readonly order_id: string };

/** The events of visitors, some at a time: nearly all are the run's own, which the caller drops. */
async function* eventsOf(
  client: Client,
  topic: string,
  offsets: ReadonlyMap<number, bigint>,
  visitors: readonly string[],
  from: number,
  to: number,
): AsyncGenerator<readonly Row[]> {
  await client.query(
    `DECLARE visited NO SCROLL CURSOR FOR
     SELECT replace(order_id::text, '-', '') AS order_id, replace(user_id::text, '-', '') AS visitor,
       is_robot(context) AS robot, round(1000 * extract(epoch FROM "time"))::bigint AS "time"
     FROM events JOIN unnest($1::int[], $2::bigint[]) AS reached (part, next) ON reached.part = "partition"
     WHERE stored_at IS NOT NULL AND topic = $3 AND "offset" < reached.next AND user_id = ANY ($4::uuid[])
       AND "time" > to_timestamp($5 / 1000.0) AND "time" < to_timestamp($6 / 1000.0)`,
    [[...offsets.keys()], [...offsets.values()].map(String), topic, visitors, from, to],
  );
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${READ_AT_ONCE} FROM visited`);
    if (rows.length === 0) break;
    yield rows;
  }
  await client.query('CLOSE visited');
}
