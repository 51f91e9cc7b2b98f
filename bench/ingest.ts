// npm run bench:ingest — the sink alone, in one run and in turn: plain COPY into the same table, storeBatch (rows, rollups,
// offset, NOTIFY in one transaction), and a prepared INSERT of one row a transaction. Rows are made before the measurement;
// every measure begins with empty tables and a checkpoint, and the order rotates each round.

import { transaction } from '../src/db/pool.ts';
import { DEVICES, type ShopEvent, TITLES } from '../src/events/event.ts';
import { newId } from '../src/events/ids.ts';
import { PRODUCTS } from '../src/events/products.ts';
import { type LiveEvent, parseBatch } from '../src/ingest/batch.ts';
import { KnownUsers } from '../src/ingest/known-users.ts';
import { copyEvents } from '../src/ingest/rows.ts';
import { storeParsed } from '../src/ingest/store.ts';
import { anEvent } from '../test/support/events.ts';
import { startDatabase } from './database.ts';
import { pick } from './pick.ts';
import { median } from './statistics.ts';

const ROWS = Number(process.env.ROWS ?? 200_000);
const BATCH = 5_000;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const INSERTED_ROWS = 5_000;
const USERS = 20_000;

/** The columns of copyEvents(). */
const INSERT = `INSERT INTO events (order_id, user_id, page_id, product, site_version, "time", title, target,
  partition, "offset", appended_at, stored_at, topic, context)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

const users = Array.from({ length: USERS }, newId);

function makeEvent(index: number): ShopEvent {
  const time = new Date(Date.now() + index).toISOString();
  return anEvent({
    user_id: pick(users),
    product: pick(PRODUCTS),
    site_version: pick(DEVICES),
    time,
    title: pick(TITLES),
    context: {
      ip: '192.0.2.7',
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
      gender: 'U',
      item: 'x',
      received_at: time,
    },
  });
}

/** Batches as ingest gets them from parseBatch. */
function makeBatches(rows: number) {
  const batches = [];
  for (let from = 0; from < rows; from += BATCH) {
    const records = Array.from({ length: Math.min(BATCH, rows - from) }, (_none, index) => ({
      offset: BigInt(from + index),
      timestamp: Date.now(),
      key: null,
      value: Buffer.from(JSON.stringify(makeEvent(from + index))),
    }));
    batches.push(parseBatch({ partition: 0, records }));
  }
  return batches;
}

const database = await startDatabase();
const { pool } = database;
let topics = 0;

async function clear(): Promise<void> {
  await pool.query('TRUNCATE events, day_counts, hour_orders, minute_counts, user_years, year_users');
  await pool.query('CHECKPOINT');
}

/** Rows a second. */
async function rate(rows: number, work: () => Promise<void>): Promise<number> {
  await clear();
  const began = performance.now();
  await work();
  return (rows * 1000) / (performance.now() - began);
}

const copyOnly = (
  rows: number,
  target: (live: readonly LiveEvent[]) => (client: Parameters<typeof copyEvents>[0]) => Promise<void>,
) => {
  const batches = makeBatches(rows);
  return rate(rows, async () => {
    for (const { events } of batches) await transaction(pool, target(events));
  });
};

const ways = {
  'plain COPY': () =>
    copyOnly(
      ROWS,
      (live) => (client) => copyEvents(client, 'events', { topic: 'bench', partition: 0 }, live),
    ),
  storeBatch: () => {
    const batches = makeBatches(ROWS);
    topics += 1;
    const known = new KnownUsers();
    const subscription = { clusterId: 'bench', group: 'bench', topic: `bench-${topics}` };
    return rate(ROWS, async () => {
      for (const [index, batch] of batches.entries()) {
        const expected = index === 0 ? undefined : BigInt(index * BATCH);
        await storeParsed(pool, subscription, batch, expected, BigInt((index + 1) * BATCH), known);
      }
    });
  },
  'INSERT a row in a transaction': () => {
    const [batch] = makeBatches(INSERTED_ROWS);
    return rate(INSERTED_ROWS, async () => {
      const client = await pool.connect();
      await client.query('BEGIN');
      for (const { ids, at, dimensions, time, record, context } of batch?.events ?? []) {
        const [order_id, user_id, page_id] = [0, 16, 32].map((id) =>
          ids.toString('hex', at + id, at + id + 16),
        );
        await client.query({
          name: 'insert',
          text: INSERT,
          values: [
            order_id,
            user_id,
            page_id,
            dimensions.product,
            dimensions.device,
            new Date(time),
            dimensions.title,
            dimensions.title === 'order' ? 1 : 0,
            0,
            record.offset,
            new Date(record.timestamp),
            new Date(),
            'bench',
            context,
          ],
        });
      }
      await client.query('COMMIT');
      client.release();
    });
  },
} as const;

const order = Object.entries(ways);
const rounds = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (let round = 0; round <= ROUNDS; round += 1) {
  // The first round warms up.
  for (const [name, way] of order) {
    const rowsPerSecond = await way();
    if (round > 0) rounds.get(name)?.push(rowsPerSecond);
  }
  order.push(...order.splice(0, 1));
}
await database.stop();

console.log(`${ROWS} rows in batches of ${BATCH}, medians of ${ROUNDS} rounds in turn`);
const of = (name: keyof typeof ways) => rounds.get(name) ?? [];
for (const [name, rates] of rounds)
  console.log(`${name.padEnd(34)} ${(median(rates) / 1000).toFixed(1).padStart(7)} k rows/s`);
for (const name of Object.keys(ways) as (keyof typeof ways)[]) {
  if (name === 'storeBatch') continue;
  const ratios = of('storeBatch').map(
    (rowsPerSecond, index) => rowsPerSecond / (of(name)[index] ?? Number.NaN),
  );
  console.log(`storeBatch / ${name.padEnd(34)} ${median(ratios).toFixed(2).padStart(6)}`);
}
process.exit(0);
