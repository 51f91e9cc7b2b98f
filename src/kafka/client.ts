// Creates kafkajs clients, which write into the program's log, and topics.

import { type Admin, Kafka, type LogEntry, logLevel, type Producer, type SASLOptions } from 'kafkajs';
import type { Logger } from '../runtime/log.ts';
import { registerCodecs } from './codecs.ts';
import { waitForApiVersions } from './connected-broker.ts';
import { KafkaError, reasonOf } from './errors.ts';
import { restIdleConnections } from './idle-queue.ts';
import { partitionByKey } from './partition.ts';
import { writeBatchesAtOnce } from './produce-request.ts';
import type { Sasl } from './sasl.ts';
import { watchedSockets } from './sockets.ts';
import { passUndecodableBatches } from './undecodable-batch.ts';

/** The types of the client that other rooms use; another client would be swapped in here. */
export type { Consumer, Kafka, KafkaMessage, Message, Producer } from 'kafkajs';

registerCodecs();
passUndecodableBatches();
restIdleConnections();
waitForApiVersions();
writeBatchesAtOnce();

const REQUEST_MS = 15_000;
/** More than REQUEST_MS, so that a slow request fails before its connection is closed. */
const ANSWER_MS = 20_000;

export type Cluster = {
  readonly brokers: readonly string[];
  readonly ssl: boolean;
  readonly sasl: Sasl | undefined;
};

/**
 * A kafkajs client. Each part retries in its own way, so kafkajs itself gives up soon.
 * @param answerMs milliseconds after which a connection that has not responded to a request is closed
 */
export function createKafka(cluster: Cluster, clientId: string, log: Logger, answerMs = ANSWER_MS): Kafka {
  return new Kafka({
    clientId,
    brokers: [...cluster.brokers],
    ssl: cluster.ssl,
    ...(cluster.sasl === undefined ? {} : { sasl: cluster.sasl as SASLOptions }),
    connectionTimeout: 3_000,
    requestTimeout: REQUEST_MS,
    socketFactory: watchedSockets(answerMs),
    retry: { initialRetryTime: 100, retries: 3 },
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => writeEntry(log, entry),
  });
}

/** A producer that creates no topics, and partitions keys as Kafka's Java client does. */
export function createProducer(kafka: Kafka): Producer {
  return kafka.producer({ createPartitioner: partitionByKey, allowAutoTopicCreation: false });
}

/** kafkajs logs every failed attempt as an error: a level too high for the program, which logs the consequences itself. */
function writeEntry(
  log: Logger,
  { level, namespace, log: { message, timestamp: _, logger: __, ...rest } }: LogEntry,
): void {
  const text = `kafkajs ${namespace}: ${message}`;
  if (level <= logLevel.WARN) log.debug(rest, text);
  else log.trace(rest, text);
}

/**
 * Reads the cluster's id.
 * @throws {KafkaError} BROKERS_UNREACHABLE
 */
export async function describeCluster(kafka: Kafka, cluster: Cluster): Promise<string> {
  const admin = kafka.admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    return (await admin.describeCluster()).clusterId;
  } catch (error) {
    throw new KafkaError(
      'BROKERS_UNREACHABLE',
      `KAFKA_BROKERS: none of ${cluster.brokers.join(', ')} answers (${reasonOf(error)})`,
      error,
    );
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** Connects a producer, after creating its topic where it is missing. */
export async function connectProducer(
  kafka: Kafka,
  producer: Producer,
  topic: string,
  partitions: number,
): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    await ensureTopic(admin, topic, partitions);
  } finally {
    await admin.disconnect().catch(() => {});
  }
  await producer.connect();
}

/** Creates the topic where it is missing; an existing one is not changed. */
export async function ensureTopic(admin: Admin, topic: string, partitions: number): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) return;
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
}
