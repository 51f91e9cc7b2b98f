import { beforeAll, expect, it } from 'vitest';
import { OfferFeed } from '../../src/behaviour/offer-feed.ts';
import type { Offer } from '../../src/behaviour/store.ts';
import type { Pool } from '../../src/db/pool.ts';
import { newId } from '../../src/events/ids.ts';
import { migratedDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { testLog } from '../support/log.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

async function make(userId: string, redeemed = false): Promise<string> {
  const id = newId();
  await pool.query(
    'INSERT INTO offers (id, user_id, offer, made_at, redeemed_at) VALUES ($1, $2, $3, now(), CASE WHEN $4 THEN now() END)',
    [id, userId, 'offer1', redeemed],
  );
  return id;
}

/** A feed, one visitor who looks, and what that visitor was told. */
function watched(userId: string) {
  const feed = new OfferFeed(pool, testLog);
  const told: string[] = [];
  const unwatch = feed.watch(userId, ({ id }: Offer) => told.push(id));
  return { feed, told, unwatch };
}

it('a visitor is told of each of their own offers that are open, once', async () => {
  const [visitor, other] = [newId(), newId()];
  const { feed, told } = watched(visitor);
  const first = await make(visitor);
  await make(other);
  await make(visitor, true);
  feed.stored();
  await eventually(() => told.includes(first));
  const second = await make(visitor);
  feed.stored();
  feed.stored();
  await eventually(() => told.includes(second));
  const last = await make(visitor);
  feed.stored();
  await eventually(() => told.includes(last));
  expect(told).toEqual([first, second, last]);
});

it('who has gone is told nothing, and who comes back what came meanwhile', async () => {
  const [visitor, stays] = [newId(), newId()];
  const { feed, told, unwatch } = watched(visitor);
  const seen: string[] = [];
  feed.watch(stays, ({ id }) => seen.push(id));
  unwatch();
  await make(visitor);
  const own = await make(stays);
  feed.stored();
  await eventually(() => seen.includes(own));
  expect(told).toEqual([]);
});

it('all pages of a visitor are told', async () => {
  const visitor = newId();
  const { feed, told } = watched(visitor);
  const other: string[] = [];
  feed.watch(visitor, ({ id }) => other.push(id));
  const id = await make(visitor);
  feed.stored();
  await eventually(() => other.includes(id));
  expect(told).toEqual([id]);
});

it('an offer is told where sixty of others came after it since the last look', async () => {
  const visitor = newId();
  const { feed, told } = watched(visitor);
  const first = await make(visitor);
  feed.stored();
  await eventually(() => told.includes(first));
  const next = await make(visitor);
  for (let n = 0; n < 60; n += 1) await make(newId());
  feed.stored();
  await eventually(() => told.includes(next));
  expect(told).toEqual([first, next]);
});
