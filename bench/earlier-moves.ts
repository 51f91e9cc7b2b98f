// Moves of visitors as the live part would log them, without the events behind them: a hundred thousand within seconds.

import { type Click, type Gender, START, step } from '../src/behaviour/machine.ts';
import type { Pool } from '../src/db/pool.ts';
import { anEventOf } from './live/send.ts';

const AT_ONCE = 5_000;
/** Longest way of an event from its page to Kafka: times stand in no strict order. */
const LONGEST_WAY_MS = 500;

/**
 * Writes moves into the log, the last of which is made now, by events as `send` sends them.
 * @param rate events a second
 * @returns how many moves an event makes
 */
export async function makeEarlierMoves(pool: Pool, moves: number, rate: number): Promise<number> {
  const places = new Map<string, typeof START>();
  const log: object[] = [];
  let events = 0;
  for (; log.length < moves; events++) {
    const { title, user_id, order_id, product, context } = anEventOf(events % 10);
    if (title !== 'banner_click') continue;
    const timeMs = (events * 1_000) / rate - Math.round(Math.random() * LONGEST_WAY_MS);
    const { item = '', gender, age = 0 } = context ?? {};
    const click: Click = { product, item, timeMs, gender: gender as Gender, age };
    const moved = step(places.get(user_id) ?? START, click);
    if (moved === undefined) continue;
    places.set(user_id, moved.place);
    const { from: from_state, to: to_state, because } = moved;
    log.push({ ms: timeMs, user_id, order_id, from_state, to_state, because });
  }
  const beganMs = Date.now() - (events * 1_000) / rate;
  for (let n = 0; n < log.length; n += AT_ONCE)
    await pool.query(
      `INSERT INTO behaviour_log (at, user_id, order_id, from_state, to_state, because, simulated)
       SELECT to_timestamp(round($2 + ms) / 1000.0), user_id, order_id, from_state, to_state, because, false
       FROM json_to_recordset($1) AS moves (ms float8, user_id uuid, order_id uuid, from_state text, to_state text, because text)`,
      [JSON.stringify(log.slice(n, n + AT_ONCE)), beganMs],
    );
  return log.length / events;
}
