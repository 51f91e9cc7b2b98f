// Moves of a batch and its offset, in one statement.

import { beforeAll, expect, it } from 'vitest';
import { behaviourHandler } from '../../src/behaviour/handler.ts';
import { readLog } from '../../src/behaviour/log.ts';
import { FencedError, readOffset } from '../../src/consumer/offsets.ts';
import type { RecordBatch } from '../../src/consumer/record.ts';
import type { Pool } from '../../src/db/pool.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { storeBatch } from '../../src/ingest/store.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';

const ingest = { clusterId: 'c', group: 'ingest', topic: 'ecommerce' };
const own = { ...ingest, group: 'behaviour' };

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

/** Stores an event as ingest does; the batch that its followers get. */
async function stored(offset: bigint, event: ShopEvent): Promise<RecordBatch> {
  const value = Buffer.from(JSON.stringify(event));
  const batch = { partition: 0, records: [{ offset, timestamp: Date.now(), key: null, value }] };
  await storeBatch(pool, ingest, batch, offset === 0n ? undefined : offset, offset + 1n);
  return batch;
}

it('a batch of clicks moves the offset with the visitors, and neither where another consumer has moved it', async () => {
  const { store } = behaviourHandler(
    pool,
    own,
    { subscription: ingest, reached: async () => {} },
    new AbortController().signal,
    () => {},
  );
  const click = { title: 'banner_click', product: 'clothes' } as const;
  const context = { item: 'tote', gender: 'M', age: 40 } as const;
  const shown = await stored(0n, anEvent({ title: 'banner_show' }));
  await store(shown, { expected: undefined, next: 1n });
  const untold = await stored(1n, anEvent(click));
  await store(untold, { expected: 1n, next: 2n });
  expect(await readLog(pool, 10)).toEqual([]);
  const moving = await stored(2n, anEvent({ ...click, context }));
  await store(moving, { expected: 2n, next: 3n });
  expect(await readOffset(pool, own, 0)).toBe(3n);
  const log = await readLog(pool, 10);
  expect(log).toHaveLength(1);
  for (const expected of [undefined, 0n, 2n])
    await expect(store(moving, { expected, next: 3n })).rejects.toThrow(FencedError);
  expect(await readLog(pool, 10)).toEqual(log);
  expect(await readOffset(pool, own, 0)).toBe(3n);
});
