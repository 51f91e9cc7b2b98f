// Orders over time by category: by the minute for today, by the hour for up to two weeks, by the day for anything longer,
// and by the week, month or year where days would be too many rows.

import type { Pool } from '../../db/pool.ts';
import { PRODUCTS, type Product } from '../../events/products.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';
import { dayStart } from '../../rollups/rollups.ts';
import { type DayRange, daysBetween } from '../../runtime/day.ts';
import { MOST_ROWS, STEPS, type Step, stepStart } from './range.ts';

export const RESOLUTIONS = ['minute', 'hour', ...STEPS] as const;
export type Resolution = (typeof RESOLUTIONS)[number];
/** `time` as in 2019-03-04T10:00:00.000Z. */
export type OrdersRow = { readonly time: string; readonly product: Product; readonly count: number };

const HOURS_FOR_DAYS = 14;

/** @param today ISO day: only what is going on is looked at minute by minute */
function resolutionOf(range: DayRange, today: string): Resolution {
  const days = daysBetween(range);
  if (days === 1 && range.from === today) return 'minute';
  return days <= HOURS_FOR_DAYS ? 'hour' : 'day';
}

export type Orders = { readonly resolution: Resolution; readonly rows: readonly OrdersRow[] };

/** A row for each minute, hour, day or coarser step with orders, and category; `time` is its beginning. @param today ISO day */
export async function ordersOverTime(
  pool: Pool,
  range: DayRange,
  product: Product | undefined,
  whose: Whose,
  today: string,
): Promise<Orders> {
  const resolution = resolutionOf(range, today);
  if (resolution === 'minute') return { resolution, rows: await ordersByMinute(pool, range, product, whose) };
  if (resolution === 'hour') return { resolution, rows: await ordersByHour(pool, range, product, whose) };
  for (const step of STEPS) {
    const rows = await ordersByStep(pool, range, product, whose, step);
    if (rows.length <= MOST_ROWS || step === STEPS.at(-1)) return { resolution: step, rows };
  }
  throw new RangeError('there is no step');
}

async function ordersByStep(
  pool: Pool,
  { from, to }: DayRange,
  product: Product | undefined,
  whose: Whose,
  step: Step,
): Promise<OrdersRow[]> {
  const { rows } = await pool.query<TimedRow>(
    `SELECT ${msOf(dayStart('step'))} AS ms, product, sum(count)::bigint AS count
     FROM day_counts, LATERAL (SELECT ${stepStart(step, 'day', '$1::date')} AS step) AS stepped
     WHERE title = 'order' AND day >= $1::date AND day < $2::date AND (product = $3 OR $3 IS NULL)
       AND (robot = $4 OR $4 IS NULL) AND (simulated = $5 OR $5 IS NULL)
     GROUP BY step, product ORDER BY step, product`,
    [from, to, product ?? null, ...whoseIs(whose)],
  );
  return toOrders(rows);
}

const COUNTS = PRODUCTS.map(
  (product) => `sum(count) FILTER (WHERE product = '${product}')::bigint AS ${product}`,
).join(', ');

/** Asked for a row an hour, with its categories beside each other: two weeks have 336 of them, and 1,680 otherwise. */
async function ordersByHour(
  pool: Pool,
  { from, to }: DayRange,
  product: Product | undefined,
  whose: Whose,
): Promise<OrdersRow[]> {
  const { rows } = await pool.query<{ ms: number } & Record<Product, number | null>>(
    `SELECT ${msOf('hour')} AS ms, ${COUNTS} FROM hour_orders
     WHERE (product = $3 OR $3 IS NULL) AND (robot = $4 OR $4 IS NULL) AND (simulated = $5 OR $5 IS NULL)
       AND hour >= ${dayStart('$1')} AND hour < ${dayStart('$2')}
     GROUP BY hour ORDER BY hour`,
    [from, to, product ?? null, ...whoseIs(whose)],
  );
  const each = rows.flatMap((row) =>
    PRODUCTS.flatMap((one) => {
      const count = row[one];
      return count === null ? [] : [{ ms: row.ms, product: one, count }];
    }),
  );
  return toOrders(each);
}

/** @param since only this minute and later ones */
export async function ordersByMinute(
  pool: Pool,
  { from, to }: DayRange,
  product: Product | undefined,
  whose: Whose,
  since?: Date,
): Promise<OrdersRow[]> {
  const { rows } = await pool.query<TimedRow>(
    `SELECT ${msOf('minute')} AS ms, product, sum(count)::bigint AS count FROM minute_counts
     WHERE title = 'order' AND (product = $3 OR $3 IS NULL) AND (minute >= $4::timestamptz OR $4 IS NULL)
       AND (robot = $5 OR $5 IS NULL) AND (simulated = $6 OR $6 IS NULL)
       AND minute >= ${dayStart('$1')} AND minute < ${dayStart('$2')}
     GROUP BY minute, product ORDER BY minute, product`,
    [from, to, product ?? null, since ?? null, ...whoseIs(whose)],
  );
  return toOrders(rows);
}

/** As the queries give it: `ms` since the epoch. */
type TimedRow = { readonly ms: number; readonly product: Product; readonly count: number };

/** A timestamptz as milliseconds since the epoch, which are read in a tenth of the time that its text takes. */
const msOf = (time: string): string => `1000 * date_part('epoch', ${time})`;

/** @param rows by time: neighbours share the text of theirs, whose making is most of the cost here */
function toOrders(rows: readonly TimedRow[]): OrdersRow[] {
  let [last, time] = [Number.NaN, ''];
  return rows.map(({ ms, product, count }) => {
    if (ms !== last) [last, time] = [ms, new Date(ms).toISOString()];
    return { time, product, count };
  });
}
