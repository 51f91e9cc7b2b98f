// The log of moves in Postgres: the newest are rows, those before are packed into chunks, and none is ever deleted.

import { type Client, type Pool, transaction } from '../db/pool.ts';
import { type Asked, USUAL, type Whose } from '../events/whose.ts';
import type { State } from './machine.ts';

export type LogEntry = {
  readonly at: string;
  readonly user_id: string;
  readonly order_id: string;
  readonly from_state: State;
  readonly to_state: State;
  readonly because: string;
};
export type Move = LogEntry & { readonly simulated: boolean };

/** Held by whoever packs: of two live processes, one has what it packs to itself. */
const PACKING_LOCK = 0x5516;

/** How moves are packed, of real visitors and of simulated ones alike. */
export type Packing = {
  /** Moves of a chunk, at most 32,767. */
  readonly chunk: number;
  /** Newest moves that stay rows. */
  readonly rows: number;
};

/** Reading a chunk takes some milliseconds. As many rows as /api/offers/log answers are read without one. */
export const PACKING: Packing = { chunk: 4_000, rows: 1_000 };

const KINDS: Readonly<Record<Asked, readonly boolean[]>> = {
  include: [true, false],
  exclude: [false],
  only: [true],
};

const happened = (at: string) => `($2::bigint IS NULL OR ${at} <= to_timestamp($2 / 1000.0))`;

/**
 * The newest moves of one kind. Each chunk that is unpacked has one of them at least, and none is unpacked where rows are enough.
 * Words and visitors are looked up for those alone that are returned.
 */
const newestSql = (simulated: boolean) => `(
  WITH newest AS (
    SELECT seq, at, user_id, order_id, from_state, to_state, because FROM behaviour_log
    WHERE simulated = ${simulated} AND ${happened('at')} ORDER BY seq DESC LIMIT $1
  ), packed AS MATERIALIZED (
    SELECT chunk.first_seq, move.*
    FROM (
      SELECT * FROM behaviour_log_chunks WHERE simulated = ${simulated} AND ${happened('earliest')}
      ORDER BY first_seq DESC LIMIT $1
    ) AS chunk CROSS JOIN LATERAL (
      SELECT chunk.first_seq + (sum(gap) OVER (ORDER BY n))::bigint AS seq, at, order_id, step
      FROM unnest(chunk.gaps, chunk.ats, chunk.order_ids, chunk.steps) WITH ORDINALITY AS packed (gap, at, order_id, step, n)
    ) AS move
    WHERE ${happened('move.at')} AND (SELECT count(*) FROM newest) < $1
    ORDER BY chunk.first_seq DESC, move.seq DESC LIMIT $1
  )
  SELECT * FROM newest
  UNION ALL
  SELECT seq, at, (SELECT user_id FROM events WHERE events.order_id = packed.order_id), order_id,
    from_states[step], to_states[step], becauses[step]
  FROM packed JOIN behaviour_log_chunks AS chunk ON chunk.simulated = ${simulated} AND chunk.first_seq = packed.first_seq
)`;

/**
 * The last entries, the newest first; those whose events are gone are gone with them.
 * @param most entries, at least 1
 * @param whose moves; robots are never moved
 * @param untilMs of which instant, in milliseconds since 1970; undefined: now
 */
export async function readLog(
  pool: Pool,
  most: number,
  whose: Whose = USUAL,
  untilMs?: number,
): Promise<LogEntry[]> {
  if (whose.robots === 'only') return [];
  const { rows } = await pool.query<LogEntry>(
    `SELECT at, replace(user_id::text, '-', '') AS user_id, replace(order_id::text, '-', '') AS order_id,
       from_state, to_state, because
     FROM (${KINDS[whose.simulated].map(newestSql).join(' UNION ALL ')}) AS moves
     WHERE user_id IS NOT NULL ORDER BY seq DESC LIMIT $1`,
    [most, untilMs ?? null],
  );
  return rows;
}

/**
 * Since when the log is kept: earlier versions of the program deleted what moved visitors before.
 * @returns ISO 8601, the time of the first entry that is kept; undefined where none was ever deleted
 */
export async function logKeptSince(pool: Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ at: Date }>('SELECT at FROM behaviour_log_since');
  return rows[0]?.at.toISOString();
}

/**
 * Packs the oldest rows of the log, a chunk in a transaction, as long as enough rows are left. Rows are committed in the order of
 * their seq, as they are written under the lock of whoever moves visitors: none appears later before those that are packed.
 * @param signal ends it between two chunks
 */
export async function packLog(pool: Pool, signal: AbortSignal, packing = PACKING): Promise<void> {
  const { rows } = await pool.query<{ simulated: boolean }>(
    'SELECT simulated FROM behaviour_log GROUP BY simulated HAVING count(*) >= $1',
    [packing.rows + packing.chunk],
  );
  for (const { simulated } of rows) while (!signal.aborted && (await packChunk(pool, simulated, packing)));
}

/** @returns false where there are too few rows */
function packChunk(pool: Pool, simulated: boolean, { chunk, rows }: Packing): Promise<boolean> {
  const pack = async (client: Client) => {
    const { rowCount } = await client.query(PACK, [simulated, chunk, rows + chunk]);
    return rowCount === 1;
  };
  return transaction(pool, pack, { lock: PACKING_LOCK });
}

const PACK = `WITH old AS (
  DELETE FROM behaviour_log WHERE seq IN (
    SELECT seq FROM behaviour_log
    WHERE simulated = $1 AND EXISTS (SELECT FROM behaviour_log WHERE simulated = $1 ORDER BY seq OFFSET $3 - 1)
    ORDER BY seq LIMIT $2
  ) RETURNING seq, at, order_id, from_state, to_state, because
), moves AS (
  SELECT *, seq - lag(seq, 1, seq) OVER (ORDER BY seq) AS gap, dense_rank() OVER (ORDER BY from_state, to_state, because) AS step
  FROM old
), steps AS (
  SELECT array_agg(from_state ORDER BY step) AS from_states, array_agg(to_state ORDER BY step) AS to_states,
    array_agg(because ORDER BY step) AS becauses
  FROM (SELECT DISTINCT step, from_state, to_state, because FROM moves) AS step
)
INSERT INTO behaviour_log_chunks
  (simulated, first_seq, earliest, gaps, ats, order_ids, steps, from_states, to_states, becauses)
SELECT $1, min(seq), min(at), array_agg(gap ORDER BY seq), array_agg(at ORDER BY seq), array_agg(order_id ORDER BY seq),
  array_agg(step::smallint ORDER BY seq), (SELECT from_states FROM steps), (SELECT to_states FROM steps), (SELECT becauses FROM steps)
FROM moves HAVING count(*) > 0`;
