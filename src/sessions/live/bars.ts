// Live sessions by half hour, for the panel and the API.

import type { Pool } from '../../db/pool.ts';
import { USUAL, type Whose } from '../../events/whose.ts';
import { HALF_HOUR_MS, halfHourOf } from './core/late.ts';
import { countByHalfHour } from './half-hours.ts';

export type HalfHour = { readonly from: string; readonly to: string; readonly sessions: number };
/** A half hour as it changes. */
export type ChangingHalfHour = HalfHour & {
  /** Late events that have changed it after it was over. */
  readonly late: number;
  /** The newest session that is counted; null where there is none. */
  readonly last_id: number | null;
};

/** The last half hours up to the one in which `nowMs` is, zeros included. */
export async function sessionBars(pool: Pool, nowMs: number, bars: number): Promise<HalfHour[]> {
  const changing = await changingBars(pool, nowMs, bars, USUAL);
  return changing.map(({ from, to, sessions }) => ({ from, to, sessions }));
}

/** The same with what late events have changed. */
export async function changingBars(
  pool: Pool,
  nowMs: number,
  bars: number,
  whose: Whose,
): Promise<ChangingHalfHour[]> {
  const last = halfHourOf(nowMs);
  const first = last - (bars - 1) * HALF_HOUR_MS;
  const counts = await countByHalfHour(pool, first, nowMs + 1, whose);
  return Array.from({ length: bars }, (_, bar) => {
    const from = first + bar * HALF_HOUR_MS;
    const { sessions = 0, late = 0, last_id = null } = counts.get(from) ?? {};
    return {
      from: new Date(from).toISOString(),
      to: new Date(from + HALF_HOUR_MS).toISOString(),
      sessions,
      late,
      last_id,
    };
  });
}
