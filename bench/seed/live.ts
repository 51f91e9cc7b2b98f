// Live events while a file is loaded: one is stored every 50 ms, as ingest stores a small batch.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../src/db/pool.ts';
import { newId } from '../../src/events/ids.ts';
import { storeBatch } from '../../src/ingest/store.ts';
import { anEvent } from '../../test/support/events.ts';

const PAUSE_MS = 50;

/** Begins to store events. `stop()` returns the milliseconds that each took. */
export function storeLiveEvents(pool: Pool): { stop(): Promise<number[]> } {
  const subscription = { clusterId: newId(), group: 'bench', topic: 'ecommerce' };
  const taken: number[] = [];
  let going = true;
  const storing = (async () => {
    let offset: bigint | undefined;
    while (going) {
      const next = (offset ?? 0n) + 1n;
      const value = Buffer.from(JSON.stringify(anEvent()));
      const record = { offset: next - 1n, timestamp: Date.now(), key: null, value };
      const begun = performance.now();
      await storeBatch(pool, subscription, { partition: 0, records: [record] }, offset, next);
      taken.push(performance.now() - begun);
      offset = next;
      await sleep(PAUSE_MS);
    }
    return taken;
  })();
  return {
    stop: () => {
      going = false;
      return storing;
    },
  };
}
