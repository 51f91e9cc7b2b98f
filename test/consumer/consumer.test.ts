// A consumer on a real broker and a real PostgreSQL: what it asks Kafka while it has nothing to do, how it stops, and from where it reads.

import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Consumer } from '../../src/consumer/consumer.ts';
import type { RecordHandler } from '../../src/consumer/handler.ts';
import { loggingObserver } from '../../src/consumer/logging-observer.ts';
import { inOffsetTransaction } from '../../src/consumer/offsets.ts';
import type { Pool } from '../../src/db/pool.ts';
import { createKafka, ensureTopic } from '../../src/kafka/client.ts';
import { watchedSockets } from '../../src/kafka/sockets.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { eventually, startTestBroker } from '../support/line.ts';
import { stopOnce } from './stop-once.ts';

const [FETCH, HEARTBEAT] = [1, 12];
const LOOKED_SECONDS = 6;

/** A consumer that has found nothing, and what has gone over its connections: API keys asked, and answers to fetches. */
async function idleConsumer() {
  const [{ pool }, { port }] = await Promise.all([migratedDatabase(), startTestBroker()]);
  const asked: number[] = [];
  let answers = 0;
  const open = watchedSockets(20_000);
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    socketFactory: (args) => {
      const socket = open(args);
      const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
      let last = -1;
      const noting = (bytes: unknown, ...rest: unknown[]) => {
        last = Buffer.isBuffer(bytes) ? bytes.readInt16BE(4) : -1;
        asked.push(last);
        return write(bytes, ...rest);
      };
      socket.write = noting as typeof socket.write;
      socket.on('data', () => {
        if (last === FETCH) answers += 1;
      });
      return socket;
    },
  });
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopic(admin, 'empty', 3);
  const { clusterId } = await admin.describeCluster();
  await admin.disconnect();
  const subscription = { clusterId, group: 'idle', topic: 'empty' };
  const handler = { store: async () => {}, stored: () => {} };
  const consumer = new Consumer(kafka, pool, subscription, handler, loggingObserver(testLog));
  await consumer.start(() => {});
  const stop = stopOnce(consumer);
  await eventually(() => asked.includes(FETCH));
  return { kafka, asked, answers: () => answers, stop };
}

describe('an idle consumer', { timeout: 240_000 }, () => {
  it('an idle consumer asks for records once in five seconds, with a heartbeat each time', async () => {
    const { asked } = await idleConsumer();
    asked.length = 0;
    await sleep(LOOKED_SECONDS * 1_000);
    const most = Math.floor(LOOKED_SECONDS / 5) + 1;
    expect(asked.every((key) => key === FETCH || key === HEARTBEAT)).toBe(true);
    for (const key of [FETCH, HEARTBEAT]) {
      const times = asked.filter((one) => one === key).length;
      expect(times).toBeGreaterThan(0);
      expect(times).toBeLessThanOrEqual(most);
    }
  });

  it('an idle consumer stops and leaves its group while Kafka has not answered its fetch', async () => {
    const { kafka, asked, answers, stop } = await idleConsumer();
    const before = answers();
    const fetches = asked.filter((key) => key === FETCH).length;
    await stop();
    expect(answers()).toBe(before);
    expect(asked.filter((key) => key === FETCH)).toHaveLength(fetches);
    const admin = kafka.admin();
    await admin.connect();
    const { groups } = await admin.describeGroups(['idle']);
    await admin.disconnect();
    expect(groups[0]?.members).toEqual([]);
  });
});

/** A consumer of one partition that stores offsets alone, and which records it was given. */
async function reading() {
  const [{ pool }, { port }] = await Promise.all([migratedDatabase(), startTestBroker()]);
  const kafka = createKafka({ brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined }, 'test', testLog);
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  onTestFinished(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  });
  await ensureTopic(admin, 'numbers', 1);
  const { clusterId } = await admin.describeCluster();
  const subscription = { clusterId, group: 'reading', topic: 'numbers' };
  const seen: number[] = [];
  const taken: number[] = [];
  const observer = {
    ...loggingObserver(testLog),
    taken: (_partition: number, records: number) => void taken.push(records),
  };
  const start = async () => {
    const handler: RecordHandler<void> = {
      store: ({ partition, records }, move) =>
        inOffsetTransaction(pool, subscription, partition, move, async () => {
          for (const { offset } of records) seen.push(Number(offset));
        }),
      stored: () => {},
    };
    const consumer = new Consumer(kafka, pool, subscription, handler, observer);
    await consumer.start(() => {});
    return stopOnce(consumer);
  };
  const produce = (count: number) =>
    producer.send({ topic: 'numbers', messages: Array.from({ length: count }, () => ({ value: 'x' })) });
  const committed = (offset: string) =>
    admin.setOffsets({ groupId: 'reading', topic: 'numbers', partitions: [{ partition: 0, offset }] });
  return { pool, committed, seen, taken, start, produce };
}

/**
 * Delays the query by which a member that has joined reads the offsets of all partitions, until a delivered batch has asked for that of its
 * own partition; and the answer of that, until the member has used the other.
 */
function deliverBeforeOffsets(pool: Pool): void {
  const [isAsked, isUsed] = [gate(), gate()];
  const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<unknown>;
  const delayed = async (...given: unknown[]) => {
    const text = String(given[0]);
    if (!text.includes('FROM consumer_offsets')) return query(...given);
    if (text.includes('"partition" = $4')) {
      isAsked.open();
      await isUsed.opened;
      return query(...given);
    }
    await isAsked.opened;
    const answer = await query(...given);
    setImmediate(isUsed.open);
    return answer;
  };
  pool.query = delayed as typeof pool.query;
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('a consumer of records', { timeout: 240_000 }, () => {
  it('a consumer whose offset another one has moved meanwhile stores nothing of that, and goes on from there', async () => {
    const { pool, seen, start, produce } = await reading();
    await produce(3);
    await start();
    await eventually(() => seen.length === 3);
    await eventually(
      async () => (await pool.query('SELECT FROM consumer_offsets WHERE next_offset = 3')).rowCount === 1,
    );
    await pool.query('UPDATE consumer_offsets SET next_offset = 5');
    await produce(4);
    await eventually(() => seen.includes(6));
    expect(seen).toEqual([0, 1, 2, 5, 6]);
  });

  it('a consumer goes by the offset in Postgres, and by none where that has none, whatever Kafka has', async () => {
    const { pool, committed, seen, start, produce } = await reading();
    await produce(4);
    await committed('4');
    const stop = await start();
    await eventually(() => seen.length === 4);
    await stop();
    expect(seen).toEqual([0, 1, 2, 3]);
    await pool.query('UPDATE consumer_offsets SET next_offset = 2');
    await start();
    await eventually(() => seen.length === 6);
    expect(seen.slice(4)).toEqual([2, 3]);
  });

  it('records that are delivered before their consumer has read the offsets in Postgres are not delivered, and counted, twice', async () => {
    const { pool, committed, seen, taken, start, produce } = await reading();
    await produce(2);
    // Without a committed offset the partition's own would be read before a batch.
    await committed('0');
    deliverBeforeOffsets(pool);
    await start();
    await eventually(() => seen.length === 2);
    expect(seen).toEqual([0, 1]);
    expect(taken).toEqual([2]);
  });
});
