// A kafkajs 2.2.4 consumer that stops at once, and reports when its metadata was out of date, and the offset from which it reads a
// partition without a usable committed one. By itself kafkajs
// - waits for the response to its fetch before it stops (consumer/fetcher.js), which an idle broker holds back for seconds. Here a
//   waiting fetch gets an empty response on this side; the broker's own finds the connection closed, or no request.
// - does not stop a start that is under way (consumer/runner.js): after a crash it would look for its cluster for ever, join the
//   group once that is back, and take partitions. Here requests to its cluster are refused once it is stopped.

import type { Consumer, ConsumerConfig, Kafka } from 'kafkajs';
import { type ClusterOptions, clusterMaker } from './private-cluster.ts';
import { type AskedBroker, readTopicId } from './topic-id.ts';

const FETCH = 1;
/** An empty response in every version that kafkajs speaks: throttle int32, error int16, session int32, topics int32. */
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

/** The methods of cluster/brokerPool.js with which every request, and every attempt to connect, begins. */
const WAYS_IN = ['connect', 'createSeedBroker', 'findBroker', 'findConnectedBroker'] as const;

/** kafkajs retries unless an error has `retriable: false` (https://kafka.js.org/docs/retry-detailed). */
class StoppedError extends Error {
  override readonly name = 'StoppedError';
  readonly retriable = false;
}

export type StoppableConsumer = {
  readonly consumer: Consumer;
  /** Stops and disconnects it for good, without waiting for a fetch. */
  readonly stop: () => Promise<void>;
  /** See readTopicId(); throws before it is connected. */
  readonly topicId: (topic: string) => ReturnType<typeof readTopicId>;
};

type Listener = {
  /** The metadata of a topic is read again, as it may be out of date: the topic may have been deleted. */
  stale?(): void;
  /** A partition without a usable committed offset is read from `offset`: with fromBeginning, the first one that is still there. */
  beginsAt?(topic: string, partition: number, offset: bigint): void;
};

/** @param listener its methods must not throw */
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
    // A fetch may be sent after the first look.
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
