// Ends the transactions of suspended processes (SIGSTOP): such a consumer keeps the row of its partition's offset locked, and the
// partition's next owner waits for it. Between two statements the server ends such a transaction itself
// (idle_in_transaction_session_timeout); in the middle of a COPY no timeout applies, as PostgreSQL checks for cancellation only
// between messages. So the waiting process terminates it.

import type { Pool } from '../db/pool.ts';

/**
 * Terminates the connections of this part (application_name) that hold a lock for which others of it wait, and that have been idle in
 * a transaction for too long. The transaction is rolled back; if its process is alive after all, it stores its batch again.
 * @param silentMs how long a connection may leave the server waiting for it in a transaction, ms
 * @returns how many were terminated
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
