// Moves in the log, without a live part that would make them.

import type { Move } from '../../src/behaviour/log.ts';
import type { Pool } from '../../src/db/pool.ts';
import { newId } from '../../src/events/ids.ts';

export const moveAt = (ms: number, changes: Partial<Move> = {}): Move => ({
  at: new Date(ms).toISOString(),
  user_id: newId(),
  order_id: newId(),
  from_state: 'init',
  to_state: 'clothes_visited',
  because: 'tote: clothes, man of 35–45 or woman of 25–35',
  simulated: false,
  ...changes,
});

/** Writes moves in that order, and their events. */
export async function write(pool: Pool, moves: readonly Move[]): Promise<void> {
  await pool.query(
    `WITH moves AS (SELECT * FROM json_populate_recordset(NULL::behaviour_log, $1)), clicks AS (
       INSERT INTO events (order_id, user_id, page_id, product, site_version, "time", title, target)
       SELECT order_id, user_id, order_id, 'clothes', 'desktop', at, 'banner_click', 0 FROM moves
     )
     INSERT INTO behaviour_log (at, user_id, order_id, from_state, to_state, because, simulated)
     SELECT at, user_id, order_id, from_state, to_state, because, simulated FROM moves`,
    [JSON.stringify(moves)],
  );
}
