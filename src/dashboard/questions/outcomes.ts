// Who clicked what and ordered what, brought up to date before somebody looks at it: live events in slices since the
// last look, loaded files once a load. Without a reader nothing is done (migrations/0006_questions.sql and 0009_outcomes_by_transaction.sql).

import { type Pool, transaction } from '../../db/pool.ts';

const ROWS_A_SLICE = 100_000;
/** The advisory lock of the count; any number that no other lock has. */
const COUNTING_LOCK = 6_006;

/**
 * Takes in what was stored since.
 * @returns whether loaded files are counted too; where not, that is under way elsewhere or countLoads()'s to do
 */
export async function foldOutcomes(pool: Pool): Promise<boolean> {
  let more = true;
  while (more) {
    const { rows } = await pool.query<{ more: boolean }>('SELECT fold_live_outcomes($1) AS more', [
      ROWS_A_SLICE,
    ]);
    more = rows[0]?.more ?? false;
  }
  const { rowCount } = await pool.query(`SELECT FROM outcomes_progress WHERE loads = ${LOADS}`);
  return rowCount === 1;
}

const LOADS = 'ARRAY(SELECT id FROM loads WHERE finished_at IS NOT NULL ORDER BY id)';

/** Counts the people of all loaded files anew: one reading of events. Returns at once where another process is at it. */
export async function countLoads(pool: Pool): Promise<void> {
  await transaction(pool, async (client) => {
    const { rows } = await client.query<{ mine: boolean; loads: string[] }>(
      `SELECT pg_try_advisory_xact_lock($1) AS mine, ${LOADS} AS loads`,
      [COUNTING_LOCK],
    );
    const [{ mine, loads } = { mine: false, loads: [] }] = rows;
    if (!mine) return;
    // Asked for by itself, as Postgres reads with several processes only where it writes nothing.
    const { rows: sets } = await client.query<{ clicked: number; ordered: number; users: number }>(SETS);
    await client.query('DELETE FROM outcomes WHERE NOT live');
    await client.query(
      `INSERT INTO outcomes (live, clicked, ordered, users)
       SELECT false, * FROM unnest($1::smallint[], $2::smallint[], $3::bigint[])`,
      [sets.map((set) => set.clicked), sets.map((set) => set.ordered), sets.map((set) => set.users)],
    );
    await client.query('UPDATE outcomes_progress SET loads = $1', [loads]);
  });
}

const SETS = `SELECT clicked, ordered, count(*) AS users FROM (
    SELECT coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'banner_click'), 0) AS clicked,
      coalesce(bit_or(product_bit(product)) FILTER (WHERE title = 'order'), 0) AS ordered
    FROM events WHERE stored_at IS NULL AND title <> 'banner_show' GROUP BY user_id
  ) AS people GROUP BY 1, 2`;
