// An order is placed once, also where the process that took it is gone.

import { expect, it } from 'vitest';
import { newId } from '../../src/events/ids.ts';
import { storeBatch } from '../../src/ingest/store.ts';
import { Orders } from '../../src/storefront/orders.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';

it('the shop publishes no order that is stored, after a restart', async () => {
  const { pool } = await migratedDatabase();
  const event = anEvent({ title: 'order' });
  const records = [
    { offset: 0n, timestamp: Date.now(), key: null, value: Buffer.from(JSON.stringify(event)) },
  ];
  const subscription = { clusterId: newId(), group: 'ingest', topic: 'ecommerce' };
  await storeBatch(pool, subscription, { partition: 0, records }, undefined, 1n);
  await new Promise((resolve) => setTimeout(resolve, 5));
  let published = 0;
  const publish = async () => {
    published += 1;
    return { topic: 'ecommerce', partition: 0, offset: 1n, at: Date.now() };
  };
  const orders = new Orders(pool, 1_000);
  expect(await orders.place(event, publish)).toBe('acknowledged');
  expect(published).toBe(0);
  await orders.place(anEvent({ title: 'order' }), publish);
  expect(published).toBe(1);
});
