// Zombies that hold others up: an ingest process that was stopped in the middle of a transaction keeps the row of its
// partition's offset locked, and whoever was given the partition waits for it. Between two statements the server ends
// such a transaction by itself (idle_in_transaction_session_timeout); in the middle of a COPY it waits for the rest of the
// rows for as long as the connection stands, and none of its timeouts applies (PostgreSQL looks at cancellations only
// between messages there). So the one that waits ends it.

import type { Pool } from '../db/pool.ts';

/**
 * Ends connections of ingest that others of ingest wait for, and that have themselves waited for their process for too
 * long. What they had written is rolled back; a process that lives after all stores its batch again.
 * @param silentMs how long a process may leave the server waiting in the middle of a transaction
 * @returns how many were ended
 */
export async function terminateStuckTransactions(pool: Pool, silentMs: number): Promise<number> {
  const { rowCount } = await pool.query(
    `SELECT pg_terminate_backend(pid) FROM (
       SELECT DISTINCT holder.pid
       FROM pg_stat_activity AS waiting
         CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS blocking (pid)
         JOIN pg_stat_activity AS holder ON holder.pid = blocking.pid
       WHERE waiting.wait_event_type = 'Lock' AND waiting.datname = current_database()
         AND waiting.application_name = current_setting('application_name')
         AND holder.application_name = current_setting('application_name') AND holder.usename = current_user
         AND holder.wait_event = 'ClientRead'
         AND holder.state_change < clock_timestamp() - $1 * interval '1 ms'
     ) AS silent`,
    [silentMs],
  );
  return rowCount ?? 0;
}
