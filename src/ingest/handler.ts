// Ingest as a handler of the consumer: stores events in rows and rollups, and the rest as dead letters, with metrics and log
// lines.

import type { RecordHandler } from '../consumer/handler.ts';
import type { Subscription } from '../consumer/offsets.ts';
import type { Pool } from '../db/pool.ts';
import type { Logger } from '../runtime/log.ts';
import { KnownUsers } from './known-users.ts';
import type { StoreResult } from './ledger.ts';
import type { IngestMetrics } from './metrics.ts';
import { storeBatch } from './store.ts';
import { logStored } from './stored-log.ts';

/** @param onRejected called after a commit with dead letters */
export function ingestHandler(
  pool: Pool,
  subscription: Subscription,
  metrics: IngestMetrics,
  log: Logger,
  onRejected: () => void,
): RecordHandler<StoreResult> {
  const users = new KnownUsers();
  return {
    store: (batch, { expected, next }) => storeBatch(pool, subscription, batch, expected, next, users),
    stored: (result, { partition, records }, seconds) => {
      metrics.stored(result, records, seconds);
      logStored(log, partition, records);
      if (result.rejected > 0) onRejected();
    },
  };
}
