// Events in Postgres as ingest stores them, without a broker: a batch at a time, behind those of before.

import { readOffset, type Subscription } from '../../src/consumer/offsets.ts';
import type { Pool } from '../../src/db/pool.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { storeBatch } from '../../src/ingest/store.ts';

/** The subscription of ingest. */
export const INGEST = { clusterId: 'c', group: 'ingest', topic: 'ecommerce' } as const;

/** Stores a batch of a partition, bytes as they are. */
export async function ingested(
  pool: Pool,
  values: readonly (ShopEvent | Buffer)[],
  partition = 0,
  subscription: Subscription = INGEST,
): Promise<void> {
  const expected = await readOffset(pool, subscription, partition);
  const first = expected ?? 0n;
  const records = values.map((value, index) => ({
    offset: first + BigInt(index),
    timestamp: Date.now(),
    key: null,
    value: Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)),
  }));
  await storeBatch(pool, subscription, { partition, records }, expected, first + BigInt(records.length));
}
