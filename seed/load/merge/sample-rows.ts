// The rows of the sample, recognised by their ids, which no other row has, and removed when a real file is loaded.

import type { Client } from '../../../src/db/pool.ts';
import { addDays, addMinutes, daysOf, minutesOf } from '../../../src/rollups/loaded.ts';
import { yearOf } from '../../../src/rollups/rollups.ts';
import { md5OfNumber } from '../../replica/md5.ts';

/** The sample's ids are the md5 of numbers from here on: the real file's stop below nine million. */
export const SAMPLE_FIRST_ID = 1_000_000_000;

/** Number of sample rows in this database. */
export async function sampleRows(client: Client): Promise<number> {
  const { rows } = await client.query<{ rows: number | null }>(
    'SELECT sum(rows)::bigint AS rows FROM loads WHERE sample',
  );
  return rows[0]?.rows ?? 0;
}

/** Removes the sample and its counts, in the caller's transaction. */
export async function removeSample(client: Client): Promise<void> {
  const count = await sampleRows(client);
  if (count === 0) return;
  // No writer may add users of these years while they are recounted. Readers go on.
  await client.query('LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE');
  const ids = Array.from({ length: count }, (_, index) => md5OfNumber(SAMPLE_FIRST_ID + index));
  await client.query('CREATE TEMP TABLE sample_rows (LIKE events) ON COMMIT DROP');
  await client.query(
    `WITH gone AS (DELETE FROM events WHERE order_id = ANY ($1::uuid[]) RETURNING *)
     INSERT INTO sample_rows SELECT * FROM gone`,
    [ids],
  );
  await addDays(client, daysOf('sample_rows'), -1);
  await addMinutes(client, minutesOf('sample_rows'), -1);
  await client.query(
    `SELECT recount_users(ARRAY(
       SELECT DISTINCT ${yearOf('"time"')} FROM sample_rows))`,
  );
  await client.query('DELETE FROM loads WHERE sample');
}
