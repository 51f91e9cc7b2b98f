// The size of the log of moves, rows and chunks, by those of a part of its moves; and what packing them costs.

import { PACKING, packLog } from '../../src/behaviour/log.ts';
import type { Pool } from '../../src/db/pool.ts';
import { makeEarlierMoves } from '../earlier-moves.ts';

const MOVES = 200_000;

async function sizeOf(pool: Pool, table: string): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    'SELECT pg_total_relation_size($1::regclass) AS bytes',
    [table],
  );
  return rows[0]?.bytes ?? 0;
}

/**
 * Empties the log and fills it.
 * @param rate events a second
 * @returns bytes of the log of so many events
 */
export async function measureLog(pool: Pool, rate: number, events: number): Promise<number> {
  await pool.query('TRUNCATE behaviour_log, behaviour_log_chunks');
  const ofAnEvent = await makeEarlierMoves(pool, MOVES, rate);
  const began = performance.now();
  await packLog(pool, new AbortController().signal);
  const micros = ((performance.now() - began) * 1_000) / MOVES;
  const { rows } = await pool.query<{ left: number }>('SELECT count(*) AS left FROM behaviour_log');
  const left = rows[0]?.left ?? 0;
  await pool.query('VACUUM FULL behaviour_log');
  const row = (await sizeOf(pool, 'behaviour_log')) / left;
  const packed = (await sizeOf(pool, 'behaviour_log_chunks')) / (MOVES - left);
  const moves = ofAnEvent * events;
  // Rows wait until there is a chunk of them, and for the next look, a minute later.
  const waiting = PACKING.rows + PACKING.chunk + ofAnEvent * rate * 60;
  console.log(
    `${Math.round(moves)} moves of ${events} events: ${packed.toFixed(1)} bytes each where they are packed, ${row.toFixed(0)} as rows; packed within ${micros.toFixed(1)} µs each`,
  );
  return (moves - waiting) * packed + waiting * row;
}
