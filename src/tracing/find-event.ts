// One event by its id, with all its columns.

import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Pool } from '../db/pool.ts';
import { events } from '../db/tables.ts';

/** The event's row; undefined where it isn't stored (yet). */
export async function findEvent(
  pool: Pool,
  orderId: string,
): Promise<typeof events.$inferSelect | undefined> {
  const [found] = await drizzle(pool).select().from(events).where(eq(events.order_id, orderId)).limit(1);
  return found;
}
