// Shows, clicks and orders by category and device: what each step keeps of the one before.

import type { Pool } from '../../db/pool.ts';
import { DEVICES, type Device } from '../../events/event.ts';
import { PRODUCTS, type Product } from '../../events/products.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';
import type { DayRange } from '../../runtime/day.ts';

export type FunnelRow = {
  readonly product: Product;
  readonly device: Device;
  readonly shows: number;
  readonly clicks: number;
  readonly orders: number;
};

/** A row for every category and device, those without events included. */
export async function funnel(pool: Pool, { from, to }: DayRange, whose: Whose): Promise<FunnelRow[]> {
  const { rows } = await pool.query<FunnelRow>(
    `WITH counted AS (
       SELECT product, device, title, sum(count)::bigint AS count
       FROM day_counts WHERE day >= $1::date AND day < $2::date AND (robot = $5 OR $5 IS NULL) AND (simulated = $6 OR $6 IS NULL) GROUP BY 1, 2, 3
     )
     SELECT product, device,
       coalesce(sum(count) FILTER (WHERE title = 'banner_show'), 0)::bigint AS shows,
       coalesce(sum(count) FILTER (WHERE title = 'banner_click'), 0)::bigint AS clicks,
       coalesce(sum(count) FILTER (WHERE title = 'order'), 0)::bigint AS orders
     FROM unnest($3::product[]) AS product CROSS JOIN unnest($4::site_version[]) AS device
     LEFT JOIN counted USING (product, device)
     GROUP BY 1, 2 ORDER BY 1, 2`,
    [from, to, PRODUCTS, DEVICES, ...whoseIs(whose)],
  );
  return rows;
}
