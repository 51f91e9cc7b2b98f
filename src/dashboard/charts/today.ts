// Today so far, and yesterday until the same time of day. Today is the day in the database's time zone.

import type { Pool } from '../../db/pool.ts';
import type { Device, Title } from '../../events/event.ts';
import type { Product } from '../../events/products.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';
import { addDays } from '../../runtime/day.ts';
import { type OrdersRow, ordersByMinute } from './orders.ts';

export type TodayRow = {
  readonly product: Product;
  readonly title: Title;
  readonly device: Device;
  readonly count: number;
};
export type Today = {
  readonly rows: readonly TodayRow[];
  readonly orders: readonly OrdersRow[];
  readonly yesterday: readonly { readonly title: Title; readonly count: number }[];
};

/**
 * @param day ISO day, today's in the time zone
 * @param since the orders of this minute and later ones only
 */
export async function todaySoFar(
  pool: Pool,
  day: string,
  now: Date,
  whose: Whose,
  since?: Date,
): Promise<Today> {
  const [rows, orders, yesterday] = await Promise.all([
    countsOfDay(pool, day, whose),
    ordersByMinute(pool, { from: day, to: addDays(day, 1) }, undefined, whose, since),
    yesterdayUntil(pool, day, now, whose),
  ]);
  return { rows, orders, yesterday };
}

async function countsOfDay(pool: Pool, day: string, whose: Whose): Promise<TodayRow[]> {
  const { rows } = await pool.query<TodayRow>(
    `SELECT product, title, device, sum(count)::bigint AS count FROM day_counts
     WHERE day = $1::date AND (robot = $2 OR $2 IS NULL) AND (simulated = $3 OR $3 IS NULL) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [day, ...whoseIs(whose)],
  );
  return rows;
}

/** By wall clock: at 10:00 it is yesterday's events before 10:00, also where a day has 23 or 25 hours. */
async function yesterdayUntil(
  pool: Pool,
  day: string,
  now: Date,
  whose: Whose,
): Promise<{ title: Title; count: number }[]> {
  const { rows } = await pool.query<{ title: Title; count: number }>(
    `SELECT title, sum(count)::bigint AS count FROM minute_counts
     WHERE minute >= ($1::date - 1)::timestamp AT TIME ZONE (SELECT shop_time_zone()) - interval '1 hour'
       AND (minute AT TIME ZONE (SELECT shop_time_zone()))::date = $1::date - 1
       AND minute < (($2::timestamptz AT TIME ZONE (SELECT shop_time_zone())) - interval '1 day') AT TIME ZONE (SELECT shop_time_zone())
       AND (robot = $3 OR $3 IS NULL) AND (simulated = $4 OR $4 IS NULL)
     GROUP BY title ORDER BY title`,
    [day, now, ...whoseIs(whose)],
  );
  return rows;
}
