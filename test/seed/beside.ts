// Live events beside a load, and what the table has of both.

import { expect, it } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { HEADER } from '../../seed/published.ts';
import { loadSample } from '../../seed/sample.ts';
import type { Pool } from '../../src/db/pool.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { newId } from '../../src/events/ids.ts';
import { storeBatch } from '../../src/ingest/store.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { countEvents } from './count-events.ts';
import { fileOf, replicaFile, rowsOf } from './support.ts';

/** Stores events as ingest does, from a partition of their own. */
export function storeLive(pool: Pool, events: readonly ShopEvent[], partition = 0): Promise<unknown> {
  const records = events.map((event, index) => ({
    offset: BigInt(index),
    timestamp: Date.now(),
    key: null,
    value: Buffer.from(JSON.stringify(event)),
  }));
  const subscription = { clusterId: newId(), group: 'ingest', topic: 'ecommerce' };
  return storeBatch(pool, subscription, { partition, records }, undefined, BigInt(events.length));
}

export const liveEvents = (count: number, time?: string): ShopEvent[] =>
  Array.from({ length: count }, () => anEvent(time === undefined ? {} : { time }));

/** A row of the file as a live event. */
export function eventOf(row: string): ShopEvent {
  const [order_id, user_id, page_id, product, site_version, time = '', title, target] = row.split(',');
  const event = { order_id, user_id, page_id, product: product === 'company' ? 'electronics' : product };
  return {
    ...event,
    site_version,
    time: `${time.replace(' ', 'T')}.000Z`,
    title,
    target: Number(target),
  } as ShopEvent;
}

/** Declares the tests of a file with so many rows that is loaded beside live events. */
export function testBesideLiveEvents(rows: number): void {
  it('a load keeps rows from before and those from meanwhile', async () => {
    const { pool } = await migratedDatabase('Asia/Kolkata');
    await loadSample(pool, testLog);
    await storeLive(pool, liveEvents(50));
    const load = loadFile({ pool, log: testLog, file: await replicaFile(rows) });
    let loading = true;
    const done = load.finally(() => {
      loading = false;
    });
    let stored = 50;
    while (loading) {
      await storeLive(pool, [...liveEvents(10), ...liveEvents(10, '2019-04-01T10:00:00.000Z')], stored % 3);
      stored += 20;
    }
    await done;
    expect(await countEvents(pool)).toBe(rows + stored);
    await expectRollupsEqualEvents(pool);
  });

  it('a load counts a row once that came by way of Kafka before', async () => {
    const { pool } = await migratedDatabase();
    const lines = rowsOf(rows);
    const [first = '', second = ''] = lines;
    const other: ShopEvent = { ...eventOf(second), user_id: newId() };
    await storeLive(pool, [eventOf(first), other]);
    const file = await fileOf(`${HEADER}\n${lines.join('\n')}\n`);
    const result = await loadFile({ pool, log: testLog, file });
    expect(result).toMatchObject({ added: rows - 2, present: 1, rejected: 1 });
    expect(result.rejects).toMatchObject([{ line: 3, column: 'order_id' }]);
    expect(await countEvents(pool)).toBe(rows);
    await expectRollupsEqualEvents(pool);
  });

  it('a load counts a row once that comes by way of Kafka afterwards', async () => {
    const { pool } = await migratedDatabase();
    const lines = rowsOf(rows);
    await loadFile({ pool, log: testLog, file: await fileOf(`${HEADER}\n${lines.join('\n')}\n`) });
    await storeLive(pool, lines.slice(0, 200).map(eventOf));
    expect(await countEvents(pool)).toBe(rows);
    await expectRollupsEqualEvents(pool);
  });
}
