// Sessions that are over, made by SQL: a table of eight hours of them within a minute.

import type { Client, Pool } from '../src/db/pool.ts';

const AT_ONCE = 100_000;

/**
 * Makes closed sessions that began before a time, one every so many milliseconds, of visitors in no order, as an index by visitor
 * grows with their number.
 * @param longestMs each lasts a part of it
 */
export async function makeEarlierSessions(
  database: Pool | Client,
  sessions: number,
  beforeMs: number,
  everyMs: number,
  longestMs: number,
): Promise<void> {
  for (let left = sessions; left > 0; left -= AT_ONCE)
    await database.query(
      `INSERT INTO session_rows (user_id, started_ms, lasted_ms, id, events, revision)
       SELECT gen_random_uuid(), ($1 - n * $2::float8)::bigint, (random() * $3::int)::int, nextval('session_ids'), 8, 9
       FROM generate_series($4::int, $5::int, -1) AS n`,
      [beforeMs, everyMs, longestMs, left, Math.max(left - AT_ONCE, 0) + 1],
    );
}
