// A consumer of kafkajs 2.2.4 that stops when it is told to, and tells when what it knows of its topic was out of date, and where it
// begins to read a partition of which it has no offset that is there. By itself kafkajs
// - goes on once the answer to its fetch is there (consumer/fetcher.js). A fetch waits for records, so that an idle consumer asks
//   seldom, and whoever stops its consumer would wait with it. Here a fetch that waits is answered on this side, with no records.
//   What the broker answers later finds a connection that is gone, or nobody who asked.
// - stops no start that is under way (consumer/runner.js): one that came after a crash would look for its cluster for ever, join
//   the group once that is back, and take partitions. Here its cluster can't be reached any more.

import type { Consumer, ConsumerConfig, Kafka } from 'kafkajs';
import { type ClusterOptions, clusterMaker } from './private-cluster.ts';
import { type AskedBroker, readTopicId } from './topic-id.ts';

const FETCH = 1;
/** Zeros are an empty answer in every version that kafkajs speaks: throttle int32, error int16, session int32, topics int32. */
const NO_RECORDS = Buffer.alloc(14);
const LOOK_MS = 20;

type Request = { readonly entry: { readonly apiKey: number; readonly correlationId: number } };
type Answer = { readonly correlationId: number; readonly payload: Buffer; readonly size: number };
type RequestQueue = { readonly inflight: ReadonlyMap<number, Request>; fulfillRequest(answer: Answer): void };
type Connections = { readonly pool: readonly { readonly requestQueue: RequestQueue }[] };
type BrokerPool = {
  readonly brokers: Readonly<Record<string, { readonly connectionPool: Connections }>>;
  findConnectedBroker(): Promise<AskedBroker>;
} & Record<(typeof WAYS_IN)[number], () => Promise<unknown>>;
type Beginnings = readonly {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
}[];
type Cluster = {
  readonly brokerPool: BrokerPool;
  refreshMetadata(): Promise<void>;
  fetchTopicsOffset(topics: unknown): Promise<Beginnings>;
};

/** What every request begins with (cluster/brokerPool.js), and each further attempt to connect. */
const WAYS_IN = ['connect', 'createSeedBroker', 'findBroker', 'findConnectedBroker'] as const;

/** @see https://kafka.js.org/docs/retry-detailed: kafkajs tries again unless an error says that it shall not. */
class StoppedError extends Error {
  override readonly name = 'StoppedError';
  readonly retriable = false;
}

export type StoppableConsumer = {
  readonly consumer: Consumer;
  /** Stops and disconnects it for good, without waiting for records that may come. */
  readonly stop: () => Promise<void>;
  /** As of readTopicId(), once it is connected. */
  readonly topicId: (topic: string) => ReturnType<typeof readTopicId>;
};

type Listener = {
  /** A broker's answer does not fit what was known of a topic, as where it was deleted. */
  stale?(): void;
  /** A partition is read from here: of a consumer that begins at the beginning, the first offset that is still there. */
  beginsAt?(topic: string, partition: number, offset: bigint): void;
};

export function createConsumer(
  kafka: Kafka,
  config: ConsumerConfig,
  listener: Listener = {},
): StoppableConsumer {
  const [create, name] = clusterMaker<Cluster>(kafka);
  let cluster: Cluster | undefined;
  const noting = (options: ClusterOptions) => {
    const made = create(options);
    const { refreshMetadata, fetchTopicsOffset } = made;
    made.refreshMetadata = () => {
      listener.stale?.();
      return refreshMetadata.call(made);
    };
    made.fetchTopicsOffset = async (topics) => {
      const found = await fetchTopicsOffset.call(made, topics);
      for (const { topic, partitions } of found)
        for (const { partition, offset } of partitions) listener.beginsAt?.(topic, partition, BigInt(offset));
      return found;
    };
    cluster = made;
    return made;
  };
  const consumer = (Object.create(kafka, { [name]: { value: noting } }) as Kafka).consumer(config);
  const stop = async () => {
    const stopped = consumer.stop();
    // One that is about to be sent comes after the first look.
    const look = setInterval(() => answerFetches(cluster), LOOK_MS);
    answerFetches(cluster);
    await stopped.finally(() => clearInterval(look));
    if (cluster !== undefined) refuseFromNowOn(cluster);
    await consumer.disconnect();
  };
  const topicId = async (topic: string) => {
    if (cluster === undefined) throw new Error('the consumer is not connected');
    return readTopicId(await cluster.brokerPool.findConnectedBroker(), topic);
  };
  return { consumer, stop, topicId };
}

function refuseFromNowOn({ brokerPool }: Cluster): void {
  const refuse = async () => {
    throw new StoppedError('the consumer was stopped');
  };
  for (const way of WAYS_IN) brokerPool[way] = refuse;
}

function answerFetches(cluster: Cluster | undefined): void {
  for (const { connectionPool } of Object.values(cluster?.brokerPool.brokers ?? {}))
    for (const { requestQueue } of connectionPool.pool)
      for (const { entry } of [...requestQueue.inflight.values()])
        if (entry.apiKey === FETCH)
          requestQueue.fulfillRequest({
            correlationId: entry.correlationId,
            payload: NO_RECORDS,
            size: NO_RECORDS.length,
          });
}
