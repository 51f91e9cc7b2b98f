// Rates and latencies of kafkajs against a broker. Each measure makes a topic of its own and takes about a second, so that two
// brokers can be measured in turn under the same conditions.

import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs';
import { percentile } from '../statistics.ts';

const VALUE = 'x'.repeat(230);
const BATCH = 1000;
const BATCHED = 100_000;
const IN_FLIGHT = 50;
const SINGLE_IN_FLIGHT = 4000;
const SINGLE = 800;
const DELIVERED = 200;
const A_TRANSACTION = 100;
const IN_TRANSACTIONS = 5000;
const DELIVERY_PERIOD_MS = 10;

const seconds = (since: number) => (performance.now() - since) / 1000;
const now = () => performance.timeOrigin + performance.now();

/** Takes a measure and returns its figures by name. `id` makes the names of topics and groups unique. */
export type Measure = (port: number, id: string) => Promise<Readonly<Record<string, number>>>;

function kafkaAt(port: number): Kafka {
  return new Kafka({ brokers: [`127.0.0.1:${port}`], clientId: 'bench', logLevel: logLevel.NOTHING });
}

/** Runs `work` with a connected producer and a new topic. */
async function withProducer<T>(
  port: number,
  topic: string,
  work: (producer: Producer, topic: string) => Promise<T>,
): Promise<T> {
  const admin = kafkaAt(port).admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 3 }] });
  await admin.disconnect();
  const producer = kafkaAt(port).producer();
  await producer.connect();
  try {
    return await work(producer, topic);
  } finally {
    await producer.disconnect();
  }
}

async function sendBatches(producer: Producer, topic: string): Promise<number> {
  const messages = Array.from({ length: BATCH }, (_, i) => ({ key: String(i), value: VALUE }));
  const start = performance.now();
  for (let sent = 0; sent < BATCHED; sent += BATCH) await producer.send({ topic, acks: -1, messages });
  return BATCHED / seconds(start);
}

/** Sends in batches, then consumes it all. */
const bulk: Measure = async (port, id) => {
  const topic = `bulk-${id}`;
  const batched = await withProducer(port, topic, sendBatches);
  return { batched, consumed: await consumeAll(port, topic) };
};

async function consumeAll(port: number, topic: string): Promise<number> {
  const consumer = kafkaAt(port).consumer({ groupId: topic, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let count = 0;
  let start = 0;
  await new Promise<void>((resolve, reject) => {
    const eachBatch = async ({ batch }: { batch: { messages: unknown[] } }) => {
      if (count === 0) start = performance.now(); // the rebalance is not what is measured
      count += batch.messages.length;
      if (count >= BATCHED) resolve();
    };
    consumer.run({ eachBatch }).catch(reject);
  });
  const rate = BATCHED / seconds(start);
  await consumer.disconnect();
  return rate;
}

const inFlight: Measure = (port, id) =>
  withProducer(port, `in-flight-${id}`, async (producer, topic) => {
    let left = SINGLE_IN_FLIGHT;
    const start = performance.now();
    const worker = async () => {
      while (left-- > 0) await producer.send({ topic, acks: -1, messages: [{ value: VALUE }] });
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    return { inFlight: SINGLE_IN_FLIGHT / seconds(start) };
  });

const single: Measure = (port, id) =>
  withProducer(port, `single-${id}`, async (producer, topic) => {
    const times: number[] = [];
    for (let i = 0; i < SINGLE; i++) {
      const start = performance.now();
      await producer.send({ topic, acks: -1, messages: [{ value: VALUE }] });
      times.push(performance.now() - start);
    }
    return { singleP50: percentile(times, 0.5), singleP99: percentile(times, 0.99) };
  });

const delivery: Measure = (port, id) =>
  withProducer(port, `delivery-${id}`, async (producer, topic) => {
    const consumer = kafkaAt(port).consumer({ groupId: topic, maxWaitTimeInMs: 500 });
    const times: number[] = [];
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      times.push(now() - Number(message.value));
    };
    await consume(consumer, topic, eachMessage);
    for (let i = 0; i < DELIVERED; i++) {
      producer.send({ topic, acks: -1, messages: [{ value: String(now()) }] }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, DELIVERY_PERIOD_MS));
    }
    while (times.length < DELIVERED) await new Promise((resolve) => setTimeout(resolve, DELIVERY_PERIOD_MS));
    await consumer.disconnect();
    return { deliveryP50: percentile(times, 0.5), deliveryP99: percentile(times, 0.99) };
  });

/** Transactions of 100 records, one after the other. */
export const transactional: Measure = async (port, id) => {
  const topic = `transactional-${id}`;
  await withProducer(port, topic, async () => {}); // makes the topic
  const producer = kafkaAt(port).producer({
    transactionalId: topic,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  const messages = Array.from({ length: A_TRANSACTION }, (_, i) => ({ key: String(i), value: VALUE }));
  const start = performance.now();
  for (let sent = 0; sent < IN_TRANSACTIONS; sent += A_TRANSACTION) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, acks: -1, messages });
    await transaction.commit();
  }
  const rate = IN_TRANSACTIONS / seconds(start);
  await producer.disconnect();
  return { transactional: rate };
};

type EachMessage = (payload: { message: { value: Buffer | null } }) => Promise<void>;

/** Resolves once the consumer has its partitions and waits for records. */
async function consume(consumer: Consumer, topic: string, eachMessage: EachMessage): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ eachMessage });
  await joined;
  await new Promise((resolve) => setTimeout(resolve, 300));
}

/** Those without transactions. */
export const KAFKAJS_MEASURES: readonly Measure[] = [bulk, inFlight, single, delivery];
