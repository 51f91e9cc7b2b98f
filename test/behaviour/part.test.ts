// Offers on a real line: each once, in the table, the topic, the API and the visitor's stream, whatever is killed or repeated.

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { PACKING, readLog } from '../../src/behaviour/log.ts';
import type { Click } from '../../src/behaviour/machine.ts';
import { BEHAVIOUR_GROUP } from '../../src/behaviour/running-behaviour.ts';
import { readOffers } from '../../src/behaviour/store.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { newId } from '../../src/events/ids.ts';
import { PRODUCTS, type Product } from '../../src/events/products.ts';
import { MAIN } from '../support/command.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine, temporaryFolder } from '../support/line.ts';
import { plainWalk } from './plain.ts';

/** CHAOS_KILLS=50 is the long form (npm run chaos:live). */
const KILLS = Number(process.env.CHAOS_KILLS ?? 1);

let line: Line;
let live: ChildProcess;

function startLive(): ChildProcess {
  const env = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: line.config.DATABASE_URL ?? '',
    KAFKA_BROKERS: String(line.config.KAFKA_BROKERS),
    DATA_DIR: temporaryFolder(),
    LOG_LEVEL: 'warn',
  };
  return spawn(process.execPath, [MAIN, 'start', 'live'], { env, stdio: 'ignore' });
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

beforeAll(async () => {
  line = await startLine();
  live = startLive();
  return () => live.kill('SIGKILL');
});

async function send(events: readonly ShopEvent[]): Promise<void> {
  const producer = line.kafka.producer();
  await producer.connect();
  const messages = events.map((event) => ({ key: event.user_id, value: JSON.stringify(event) }));
  await producer.send({ topic: line.config.KAFKA_TOPIC, messages });
  await producer.disconnect();
}

async function reached(): Promise<bigint> {
  const { rows } = await line.pool.query<{ sum: string }>(
    'SELECT coalesce(sum(next_offset), 0)::text AS sum FROM consumer_offsets WHERE consumer_group = $1',
    [BEHAVIOUR_GROUP],
  );
  return BigInt(rows[0]?.sum ?? 0);
}

const randomOf = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T;

const shopper = { user_id: newId(), context: { gender: 'F' as const, age: 30 } };
const clickOn = (product: Product, item: string, changes: Partial<ShopEvent> = {}) =>
  anEvent({ ...shopper, product, ...changes, context: { ...(changes.context ?? shopper.context), item } });

/** A round of clicks before each kill, and the offers that a plain walk makes of them all. */
function randomRounds() {
  const visitors = Array.from({ length: 8 }, newId);
  const begin = Date.now() - KILLS * 60 * 4_000;
  const sent: { readonly event: ShopEvent; readonly click: Click }[] = [];
  const rounds = Array.from({ length: KILLS }, (_, round) =>
    Array.from({ length: 60 }, (_, n) => {
      const product = randomOf([...PRODUCTS.slice(0, 2), 'clothes', 'sneakers', 'clothes'] as const);
      const timeMs = begin + (round * 60 + n) * 4_000;
      const item = `${product}-${randomOf(['a', 'b'])}`;
      const event = clickOn(product, item, {
        user_id: randomOf(visitors),
        time: new Date(timeMs).toISOString(),
        context: { gender: 'M', birthdate: '1986-01-01' },
      });
      sent.push({ event, click: { product, item, timeMs, gender: 'M', age: 40 } });
      return event;
    }),
  );
  const expected = visitors.flatMap((visitor) =>
    plainWalk(sent.flatMap(({ event, click }) => (event.user_id === visitor ? [click] : []))).offers.map(
      (offer) => `${visitor} ${offer}`,
    ),
  );
  return { rounds, expected };
}

/** Rounds with more offers than kills: chance has some with fewer. */
function enoughOffers() {
  for (;;) {
    const made = randomRounds();
    if (made.expected.length > KILLS) return made;
  }
}

it(
  `offers are those of a plain walk, each once, with the live part killed ${KILLS} × and with repeated events`,
  async () => {
    const { rounds, expected } = enoughOffers();
    let sent = 0n;
    for (const events of rounds) {
      const before = await reached();
      const withRepeats = [...events, ...events.slice(0, 6)];
      await send(withRepeats);
      sent += BigInt(withRepeats.length);
      // The first of its partitions has moved: the process is in the middle of its work.
      await eventually(async () => (await reached()) > before, 60);
      await sleep(Math.random() * 60);
      await kill(live);
      live = startLive();
    }
    await eventually(async () => (await reached()) === sent, 40 + KILLS);
    const made = (await readOffers(line.pool, 1_000)).map(({ user_id, offer }) => `${user_id} ${offer}`);
    expect(made.toSorted()).toEqual(expected.toSorted());

    const seen: string[] = [];
    const consumer = line.kafka.consumer({ groupId: 'test-offers' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'offers', fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(JSON.parse(message.value?.toString() ?? '').offer_id);
      },
    });
    const ids = (await readOffers(line.pool, 1_000)).map(({ id }) => id).toSorted();
    await eventually(() => new Set(seen).size === ids.length);
    await consumer.disconnect();
    expect([...new Set(seen)].toSorted()).toEqual(ids);
  },
  // A killed member holds its partitions until its session is over.
  120_000 + KILLS * 30_000,
);

it('robots, clicks without an item and people who told nothing are left alone, and the log names the guard', async () => {
  // Rounds of kills leave thousands of moves.
  const [last] = await readLog(line.pool, 1);
  await send([
    clickOn('clothes', 'a', { user_id: newId(), context: { gender: 'M', age: 40, bot: true } }),
    clickOn('clothes', 'a', { user_id: newId(), context: { gender: 'U', age: 40 } }),
    clickOn('clothes', 'a', { user_id: newId(), context: { gender: 'M' } }),
    anEvent({ product: 'clothes', context: { gender: 'M', age: 40 } }),
    clickOn('clothes', 'a', { user_id: newId(), title: 'banner_show' }),
    clickOn('clothes', 'a', { context: { gender: 'F', age: 47 } }),
  ]);
  const log = await eventually(async () => {
    const entries = await readLog(line.pool, 10);
    return entries[0]?.order_id !== last?.order_id && entries;
  }, 30);
  expect(log[1]?.order_id).toBe(last?.order_id);
  expect(log[0]).toMatchObject({
    user_id: shopper.user_id,
    from_state: 'init',
    to_state: 'init',
    because: 'clothes, but age 47 is not in 25–35',
  });
});

it('moves are packed where more of them are rows than have to be', async () => {
  // Rounds of kills leave thousands of moves.
  const before = await readLog(line.pool, 100_000);
  const moves = PACKING.rows + PACKING.chunk;
  await line.pool.query(
    `INSERT INTO behaviour_log (at, user_id, order_id, from_state, to_state, because)
     SELECT now(), gen_random_uuid(), gen_random_uuid(), 'init', 'init', 'made' FROM generate_series(1, $1)`,
    [moves],
  );
  await kill(live);
  live = startLive();
  await eventually(async () => {
    const { rows } = await line.pool.query('SELECT 1 FROM behaviour_log_chunks WHERE NOT simulated');
    return rows.length > 0;
  }, 60);
  const after = (await readLog(line.pool, 100_000)).filter(({ because }) => because !== 'made');
  expect(after).toEqual(before);
});
