// Rates and latencies of kafkajs against a broker. Each measure makes a topic of its own and takes a few seconds, so that several
// brokers can be measured in turn under the same conditions: rates one broker after the other, latencies message by message.

import { EventEmitter, once } from 'node:events';
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

const ARRIVED = 'arrived';

const seconds = (since: number) => (performance.now() - since) / 1000;

/** Takes a measure and returns its figures by name. `id` makes the names of topics and groups unique. */
export type Measure = (port: number, id: string) => Promise<Figures>;
type Figures = Readonly<Record<string, number>>;

/** As a measure, of several brokers message by message in turn, so that what slows the machine or this client meets all. */
export type PairedMeasure = (ports: readonly number[], id: string) => Promise<readonly Figures[]>;

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

/** Runs `work` with a connected producer and a new topic at every broker. */
function withProducers<T>(
  ports: readonly number[],
  topic: string,
  work: (producers: readonly Producer[]) => Promise<T>,
  producers: readonly Producer[] = [],
): Promise<T> {
  const [port, ...others] = ports;
  if (port === undefined) return work(producers);
  return withProducer(port, topic, (producer) =>
    withProducers(others, topic, work, [...producers, producer]),
  );
}

const single: PairedMeasure = (ports, id) => {
  const topic = `single-${id}`;
  return withProducers(ports, topic, async (producers) => {
    const times = await inTurn(producers, SINGLE, async (producer) => {
      const start = performance.now();
      await producer.send({ topic, acks: -1, messages: [{ value: VALUE }] });
      return performance.now() - start;
    });
    return times.map((taken) => ({ singleP50: percentile(taken, 0.5), singleP99: percentile(taken, 0.99) }));
  });
};

const delivery: PairedMeasure = (ports, id) => {
  const topic = `delivery-${id}`;
  return withProducers(ports, topic, async (producers) => {
    const consumers = await Promise.all(ports.map((port) => consume(port, topic)));
    const pairs = consumers.map((consuming, at) => ({ ...consuming, producer: producers[at] }));
    const times = await inTurn(pairs, DELIVERED, async ({ arrivals, producer }) => {
      const arrival = once(arrivals, ARRIVED) as Promise<[number]>;
      const start = performance.now();
      const [[arrivedAt]] = await Promise.all([
        arrival,
        producer?.send({ topic, acks: -1, messages: [{ value: VALUE }] }),
      ]);
      await new Promise((resolve) => setTimeout(resolve, DELIVERY_PERIOD_MS));
      return arrivedAt - start;
    });
    await Promise.all(consumers.map(({ consumer }) => consumer.disconnect()));
    return times.map((taken) => ({
      deliveryP50: percentile(taken, 0.5),
      deliveryP99: percentile(taken, 0.99),
    }));
  });
};

/**
 * Takes `count` times of each, in all orders alike: what a broker goes on with after its answer meets whoever comes next.
 * @returns the times of each
 */
async function inTurn<T>(
  all: readonly T[],
  count: number,
  time: (one: T) => Promise<number>,
): Promise<number[][]> {
  const times = all.map((): number[] => []);
  const orders = ordersOf([...all.keys()]);
  for (let n = 0; n < count; n++) {
    for (const at of orders[n % orders.length] ?? []) times[at]?.push(await time(all[at] as T));
  }
  return times;
}

const ordersOf = (all: readonly number[]): number[][] =>
  all.length === 0
    ? [[]]
    : all.flatMap((first) => ordersOf(all.filter((one) => one !== first)).map((rest) => [first, ...rest]));

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

type Consuming = { readonly consumer: Consumer; readonly arrivals: EventEmitter };

/** A consumer that has its partitions and waits for records, whose arrivals it emits with their times. */
async function consume(port: number, topic: string): Promise<Consuming> {
  const consumer = kafkaAt(port).consumer({ groupId: topic, maxWaitTimeInMs: 500 });
  const arrivals = new EventEmitter();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({
    eachMessage: async () => void arrivals.emit(ARRIVED, performance.now()),
  });
  await joined;
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { consumer, arrivals };
}

/** Rates, without transactions. */
export const RATES: readonly Measure[] = [bulk, inFlight];
/** Latencies, which a moment's load changes more than the broker does. */
export const LATENCIES: readonly PairedMeasure[] = [single, delivery];
