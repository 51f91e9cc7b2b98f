// Orders over time by category: by the minute for today, by the hour for up to two weeks, by the day for anything longer.

import type { Pool } from '../../db/pool.ts';
import type { Product } from '../../events/products.ts';
import { type DayRange, daysBetween } from './range.ts';

export type Resolution = 'minute' | 'hour' | 'day';
export type OrdersRow = { readonly time: Date; readonly product: Product; readonly count: number };

const HOURS_FOR_DAYS = 14;

/** @param today ISO day: only what is going on is looked at minute by minute */
export function resolutionOf(range: DayRange, today: string): Resolution {
  const days = daysBetween(range);
  if (days === 1 && range.from === today) return 'minute';
  return days <= HOURS_FOR_DAYS ? 'hour' : 'day';
}

/** A row for each minute, hour or day with orders, and category; `time` is its beginning. */
export async function ordersOverTime(
  pool: Pool,
  range: DayRange,
  product: Product | undefined,
  resolution: Resolution,
): Promise<OrdersRow[]> {
  return resolution === 'day'
    ? ordersByDay(pool, range, product)
    : ordersWithinDays(pool, range, product, resolution);
}

async function ordersByDay(
  pool: Pool,
  { from, to }: DayRange,
  product: Product | undefined,
): Promise<OrdersRow[]> {
  const { rows } = await pool.query<OrdersRow>(
    `SELECT day::timestamp AT TIME ZONE (SELECT shop_time_zone()) AS "time", product, sum(count)::bigint AS count
     FROM day_counts
     WHERE title = 'order' AND day >= $1::date AND day < $2::date AND (product = $3 OR $3 IS NULL)
     GROUP BY day, product ORDER BY day, product`,
    [from, to, product ?? null],
  );
  return rows;
}

async function ordersWithinDays(
  pool: Pool,
  { from, to }: DayRange,
  product: Product | undefined,
  resolution: 'minute' | 'hour',
): Promise<OrdersRow[]> {
  const { rows } = await pool.query<OrdersRow>(
    `SELECT "time", product, count FROM orders_per_${resolution}
     WHERE (product = $3 OR $3 IS NULL)
       AND "time" >= $1::date::timestamp AT TIME ZONE (SELECT shop_time_zone())
       AND "time" < $2::date::timestamp AT TIME ZONE (SELECT shop_time_zone())
     ORDER BY 1, 2`,
    [from, to, product ?? null],
  );
  return rows;
}
