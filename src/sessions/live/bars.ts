// Live sessions by half hour, for the panel and the API.

import type { Pool } from '../../db/pool.ts';
import { USUAL, type Whose } from '../../events/whose.ts';
import { countByHalfHour, HALF_HOUR_MS } from './store.ts';

export type HalfHour = { readonly from: string; readonly to: string; readonly sessions: number };

/** The last half hours up to the one in which `nowMs` is, zeros included. */
export async function sessionBars(
  pool: Pool,
  nowMs: number,
  bars: number,
  whose: Whose = USUAL,
): Promise<HalfHour[]> {
  const last = Math.floor(nowMs / HALF_HOUR_MS) * HALF_HOUR_MS;
  const first = last - (bars - 1) * HALF_HOUR_MS;
  const counts = await countByHalfHour(pool, first, nowMs + 1, whose);
  return Array.from({ length: bars }, (_, bar) => {
    const from = first + bar * HALF_HOUR_MS;
    return {
      from: new Date(from).toISOString(),
      to: new Date(from + HALF_HOUR_MS).toISOString(),
      sessions: counts.get(from) ?? 0,
    };
  });
}
