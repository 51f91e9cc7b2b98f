// The end of a load: it is recorded in loads, and open dashboards are notified.

import { CHANGE_CHANNEL, storedMessage } from '../../../src/db/change.ts';
import type { Client } from '../../../src/db/pool.ts';
import { LOADED_SOURCE } from '../../../src/rollups/rollups.ts';
import type { Unfinished } from '../stage/unfinished.ts';

/** In the transaction that makes the last rows visible. */
export async function finishLoad(
  client: Client,
  load: Unfinished,
  added: number,
  sample: boolean,
): Promise<void> {
  await client.query(
    `INSERT INTO loads (id, source, sample, bytes, sha256, rows, rejected, started_at, finished_at)
     OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())`,
    [load.load_id, load.source, sample, load.bytes, load.sha256, added, load.rejected, load.started_at],
  );
  await client.query('DELETE FROM unfinished_load');
  // Loaded rows come from no partition; nobody waits for their offset.
  const news = storedMessage({ topic: load.source, partition: LOADED_SOURCE, next: '0' });
  await client.query('SELECT pg_notify($1, $2)', [CHANGE_CHANNEL, news]);
}
