import type { Pool } from '../../src/db/pool.ts';

/** Number of stored events. */
export async function countEvents(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('SELECT count(*) AS count FROM events');
  return rows[0]?.count ?? 0;
}
