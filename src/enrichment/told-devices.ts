// What pages have told of their visitors' devices, kept beside the events: a page's event is made before its script can tell anything.
// From the second page on the events say it themselves (request-context.ts).

import type { Pool } from '../db/pool.ts';
import type { DeviceType } from '../events/event.ts';

/** Keeps what a visitor's page has told. @throws pg's error */
export async function tellDevice(pool: Pool, userId: string, type: DeviceType): Promise<void> {
  await pool.query(
    `INSERT INTO visitor_devices AS kept (user_id, device_type) VALUES ($1, $2)
     ON CONFLICT (user_id) DO UPDATE SET device_type = excluded.device_type, told_in = excluded.told_in
       WHERE kept.device_type <> excluded.device_type`,
    [userId, type],
  );
}

/**
 * Which devices were told between two times, by visitor.
 * @param fromMs, toMs milliseconds since 1970; `fromMs` is not included
 * @param counted Postgres's snapshot: what was written after it is left out; undefined: nothing is
 */
export async function readToldDevices(
  pool: Pool,
  fromMs: number,
  toMs: number,
  counted?: string,
): Promise<ReadonlyMap<string, DeviceType>> {
  const { rows } = await pool.query<{ user_id: string; device_type: DeviceType }>({
    name: 'told_devices',
    text: `SELECT replace(user_id::text, '-', '') AS user_id, device_type FROM visitor_devices
     WHERE told_at > to_timestamp($1 / 1000.0) AND told_at <= to_timestamp($2 / 1000.0)
       AND ($3::text IS NULL OR pg_visible_in_snapshot(told_in, $3::pg_snapshot))`,
    values: [fromMs, toMs, counted ?? null],
  });
  return new Map(rows.map(({ user_id, device_type }) => [user_id, device_type]));
}

/** SQL of what was told of the visitor of an event, where the event's user agent can't tell it; NULL where nothing was. */
export const TOLD_OF_EVENT = `CASE WHEN context->>'user_agent' LIKE '%(Macintosh;%' THEN
  (SELECT told.device_type FROM visitor_devices AS told WHERE told.user_id = events.user_id) END`;
