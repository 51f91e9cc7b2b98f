// Rows of a table become records of a topic, once each without a crash. aggregator/realtime/forwarder.test.ts tests what a crash
// repeats.

import { expect, it } from 'vitest';
import { type Outbox, TopicForwarder } from '../../src/consumer/topic-forwarder.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { eventually, startTestBroker, testKafka } from '../support/line.ts';
import { stopOnce } from './stop-once.ts';

const MOST_ROWS = 10;

async function forwarding() {
  const [{ pool }, { port }] = await Promise.all([migratedDatabase(), startTestBroker()]);
  await pool.query('CREATE TABLE outbox (n int)');
  const add = (from: number, to: number) =>
    pool.query('INSERT INTO outbox SELECT * FROM generate_series($1::int, $2::int - 1)', [from, to]);
  const left = async () => (await pool.query('SELECT FROM outbox')).rowCount;
  const takes: number[] = [];
  const outbox: Outbox = {
    topic: 'numbers',
    partitions: 1,
    mostRows: MOST_ROWS,
    take: async (client) => {
      const { rows } = await client.query<{ n: number }>(
        `DELETE FROM outbox WHERE n IN (SELECT n FROM outbox ORDER BY n LIMIT ${MOST_ROWS} FOR UPDATE) RETURNING n`,
      );
      takes.push(rows.length);
      const numbers = rows.map(({ n }) => n).sort((a, b) => a - b);
      return { messages: numbers.map((n) => ({ value: String(n) })) };
    },
  };
  const kafka = testKafka(port);
  const forwarder = new TopicForwarder(kafka, pool, outbox, testLog);
  const stop = stopOnce(forwarder);
  /** The values of the topic from its first record on, once it has ended at `end`. */
  const values = async (end: number) => {
    const consumer = kafka.consumer({ groupId: `read-${Math.random()}` });
    await consumer.connect();
    await consumer.subscribe({ topic: 'numbers', fromBeginning: true });
    const seen: number[] = [];
    await consumer.run({ eachMessage: async ({ message }) => void seen.push(Number(message.value)) });
    await eventually(() => seen.length >= end);
    await consumer.disconnect();
    return seen;
  };
  return { forwarder, kafka, add, left, takes, stop, values };
}
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

it('rows that wait are forwarded in their order, some at a time, and later ones when it is told of them', async () => {
  const { forwarder, add, left, takes, values } = await forwarding();
  await add(0, 25);
  forwarder.start();
  await eventually(async () => (await left()) === 0);
  await eventually(() => takes.length === 3);
  expect(takes).toEqual([10, 10, 5]);
  await add(25, 30);
  forwarder.wake();
  expect(await values(30)).toEqual(numbers(0, 30));
});

it('a topic that was deleted is made anew, and no row is lost', async () => {
  const { forwarder, kafka, add, left, values } = await forwarding();
  await add(0, 3);
  forwarder.start();
  await eventually(async () => (await left()) === 0);
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: ['numbers'] });
  await admin.disconnect();
  await add(3, 6);
  forwarder.wake();
  expect(await values(3)).toEqual([3, 4, 5]);
});

it('nothing is taken once it is stopped', async () => {
  const { forwarder, add, left, stop } = await forwarding();
  forwarder.start();
  await stop();
  await add(0, 3);
  forwarder.wake();
  expect(await left()).toBe(3);
});
