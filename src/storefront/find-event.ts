// One event with all that Postgres knows of it.

import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Pool } from '../db/pool.ts';
import { events, liveEvents } from '../db/tables.ts';

/** The event's row, and where it came from if it is a live one; undefined where it isn't stored (yet). */
export async function findEvent(pool: Pool, orderId: string) {
  const [found] = await drizzle(pool)
    .select()
    .from(events)
    .leftJoin(liveEvents, eq(liveEvents.order_id, events.order_id))
    .where(eq(events.order_id, orderId))
    .limit(1);
  return found === undefined ? undefined : { event: found.events, live: found.live_events };
}
