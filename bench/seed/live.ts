// The shop stays open while a file is loaded: a live event is stored every 50 ms, as ingest stores a small batch.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../src/db/pool.ts';
import { newId, newOrderId } from '../../src/events/ids.ts';
import { storeBatch } from '../../src/ingest/store.ts';

const PAUSE_MS = 50;

function someEvent(): Buffer {
  return Buffer.from(
    JSON.stringify({
      order_id: newOrderId(),
      user_id: newId(),
      page_id: newId(),
      product: 'sneakers',
      site_version: 'mobile',
      time: new Date().toISOString(),
      title: 'banner_show',
      target: 0,
    }),
  );
}

/** Begins; what `stop()` gives: how many events were stored, and milliseconds that each took. */
export function storeLiveEvents(pool: Pool): { stop(): Promise<number[]> } {
  const subscription = { clusterId: newId(), group: 'bench', topic: 'ecommerce' };
  const taken: number[] = [];
  let going = true;
  const storing = (async () => {
    let offset: bigint | undefined;
    while (going) {
      const next = (offset ?? 0n) + 1n;
      const record = { offset: next - 1n, timestamp: Date.now(), key: null, value: someEvent() };
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
