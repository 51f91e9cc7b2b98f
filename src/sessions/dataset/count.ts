// Sessions of loaded files, found in Postgres by the queries that files go through. Figures of each half hour are stored, and
// made again once other files are loaded.

import { type Client, type Pool, transaction } from '../../db/pool.ts';
import { queryText } from '../batch/statements.ts';
import { GAP_MS } from '../live/core/step.ts';
import { HALF_HOUR_MS } from '../live/half-hours.ts';

/** Key of the advisory lock. */
const COUNTING_LOCK = 0x5519;
/** Number of statements that count the visitors, each small enough to sort in memory and to answer before a response timeout. */
const SLICES = 4;
const SORT_MEMORY = '256MB';

const LOADS = 'ARRAY(SELECT id FROM loads WHERE finished_at IS NOT NULL ORDER BY id)';

/** Loaded events with the columns that the queries read. */
export const LOADED_EVENTS = `SELECT user_id AS visitor, (date_part('epoch', "time") * 1000)::bigint AS sent_ms,
    0 AS file, 0 AS kind
  FROM events WHERE stored_at IS NULL`;

/**
 * The beginning of a query over `sessions`: visitor, session, started_ms, ended_ms, events.
 * @param events a SELECT as LOADED_EVENTS, perhaps of fewer visitors
 */
export const withSessionsOf = (events: string): string => `WITH events AS (${events}),
  settings AS (SELECT ${GAP_MS}::bigint AS gap_limit_ms),
  steps AS (${queryText('steps')}),
  sessions AS (${queryText('list')})`;

/** SQL condition for a part of the visitors, by the first digit of their ids. */
function sliceOf(slice: number): string {
  const idFrom = (part: number) => `'${((16 / SLICES) * part).toString(16).padEnd(32, '0')}'::uuid`;
  const before = slice + 1 < SLICES ? ` AND user_id < ${idFrom(slice + 1)}` : '';
  return `user_id >= ${idFrom(slice)}${before}`;
}

/** True where the stored figures were made of the files that are loaded now. */
export async function isCounted(client: Client | Pool): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT FROM dataset_sessions_counted WHERE loads = ${LOADS}`);
  return rowCount === 1;
}

/** A text that identifies the loads that the figures were made of. */
export async function countedLoads(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ loads: string }>('SELECT loads::text FROM dataset_sessions_counted');
  return rows[0]?.loads ?? '';
}

/**
 * Counts the sessions of all loaded files where the figures are outdated. One process counts at a time; others wait for it.
 * @param onProgress called with the share that is done, 0 to 1
 */
export async function countDatasetSessions(
  pool: Pool,
  onProgress: (done: number) => void = () => {},
): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [COUNTING_LOCK]);
    if (await isCounted(client)) return;
    // Read before the events, so that the figures count as outdated where a file is loaded meanwhile.
    const { rows } = await client.query<{ loads: string[] }>(`SELECT ${LOADS} AS loads`);
    await client.query('DELETE FROM dataset_half_hours');
    await client.query(`SET LOCAL work_mem = '${SORT_MEMORY}'`);
    // JIT compilation takes longer than it saves here.
    await client.query('SET LOCAL jit = off');
    for (let slice = 0; slice < SLICES; slice++) {
      onProgress(slice / SLICES);
      await addSlice(client, sliceOf(slice));
    }
    await client.query('UPDATE dataset_sessions_counted SET loads = $1, counted_at = clock_timestamp()', [
      rows[0]?.loads ?? [],
    ]);
  });
}

async function addSlice(client: Client, visitors: string): Promise<void> {
  // Integer division rounds toward zero, which rounds down as no loaded event is older than 1970.
  await client.query(
    `INSERT INTO dataset_half_hours AS known (half_hour, sessions, single, events, duration_ms)
     ${withSessionsOf(`${LOADED_EVENTS} AND ${visitors}`)}
     SELECT to_timestamp(started_ms / ${HALF_HOUR_MS} * ${HALF_HOUR_MS / 1000}), count(*), count(*) FILTER (WHERE events = 1),
       sum(events), sum(ended_ms - started_ms)
     FROM sessions GROUP BY 1
     ON CONFLICT (half_hour) DO UPDATE SET sessions = known.sessions + excluded.sessions,
       single = known.single + excluded.single, events = known.events + excluded.events,
       duration_ms = known.duration_ms + excluded.duration_ms`,
  );
}
