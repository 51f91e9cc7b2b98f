// A fetch waits for records, so that an idle consumer asks seldom; and whoever stops its consumer waits with it: kafkajs 2.2.4
// goes on once the answer is there (consumer/fetcher.js), however much the consumer shall stop. Here a fetch that waits is
// answered on this side, with no records. What the broker answers later finds a connection that is gone, or nobody who asked.

import type { Consumer, ConsumerConfig, Kafka } from 'kafkajs';
import { type ClusterOptions, clusterMaker } from './private-cluster.ts';

const FETCH = 1;
/** Zeros are an empty answer in every version that kafkajs speaks: throttle int32, error int16, session int32, topics int32. */
const NO_RECORDS = Buffer.alloc(14);
const LOOK_MS = 20;

type Request = { readonly entry: { readonly apiKey: number; readonly correlationId: number } };
type Answer = { readonly correlationId: number; readonly payload: Buffer; readonly size: number };
type RequestQueue = { readonly inflight: ReadonlyMap<number, Request>; fulfillRequest(answer: Answer): void };
type Connections = { readonly pool: readonly { readonly requestQueue: RequestQueue }[] };
type Cluster = {
  readonly brokerPool: {
    readonly brokers: Readonly<Record<string, { readonly connectionPool: Connections }>>;
  };
};

/** @returns the consumer, and what stops it without waiting for records that may come */
export function createConsumer(
  kafka: Kafka,
  config: ConsumerConfig,
): { readonly consumer: Consumer; readonly stop: () => Promise<void> } {
  const [create, name] = clusterMaker<Cluster>(kafka);
  let cluster: Cluster | undefined;
  const noting = (options: ClusterOptions) => {
    cluster = create(options);
    return cluster;
  };
  const consumer = (Object.create(kafka, { [name]: { value: noting } }) as Kafka).consumer(config);
  const stop = async () => {
    const stopped = consumer.stop();
    // One that is about to be sent comes after the first look.
    const look = setInterval(() => answerFetches(cluster), LOOK_MS);
    answerFetches(cluster);
    await stopped.finally(() => clearInterval(look));
  };
  return { consumer, stop };
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
