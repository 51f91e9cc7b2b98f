// Reads records of a topic without a consumer group: the newest ones, and those of a range of offsets. Nothing is joined, committed
// or created. kafkajs 2.2.4 consumes only as a member of a group, which takes seconds to form and stays in the cluster, so this uses
// its internal cluster (src/cluster/index.js), which fetches without one.

import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';
import { clusterMaker } from '../kafka/private-cluster.ts';
import { recordOf } from './fetched-record.ts';
import type { KafkaRecord } from './record.ts';

const require = createRequire(import.meta.url);
const BATCH = 'kafkajs/src/consumer/batch.js';

const FETCH_BYTES = 2 * 1024 * 1024;
const FETCH_WAIT_MS = 500;
/** Limit of the fetches of a range: the end of a partition may have no records, only transaction markers. */
const MOST_FETCHES = 50;
const INTERNAL = /^__/;

export type TopicRecord = KafkaRecord & { readonly partition: number };

type Message = {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
};
type Fetched = { readonly partition: number; readonly messages: readonly { readonly offset: string }[] };
type Broker = {
  fetch(
    request: object,
  ): Promise<{ readonly responses: readonly { readonly partitions: readonly Fetched[] }[] }>;
};
type Cluster = {
  isConnected(): boolean;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, number[]>>;
  findBroker(of: { readonly nodeId: string }): Promise<Broker>;
};
type BatchClass = new (
  topic: string,
  from: string,
  fetched: Fetched,
) => { readonly messages: readonly Message[] };

export class TopicReader {
  readonly #kafka: Kafka;
  #cluster: Cluster | undefined;

  constructor(kafka: Kafka) {
    this.#kafka = kafka;
  }

  /** The topics of the cluster, except Kafka's own. @throws kafkajs's error where Kafka is away */
  async topics(): Promise<string[]> {
    const names = await this.#withAdmin((admin) => admin.listTopics());
    return names.filter((name) => !INTERNAL.test(name)).sort();
  }

  /**
   * The newest records of a topic, in the order of their timestamps.
   * @param most limit of the records
   * @returns none where there is no such topic
   * @throws kafkajs's error where Kafka is away
   */
  async newest(topic: string, most: number): Promise<TopicRecord[]> {
    if (!(await this.topics()).includes(topic)) return [];
    const ends = await this.#withAdmin((admin) => admin.fetchTopicOffsets(topic));
    const parts = await Promise.all(
      ends.map(({ partition, low, high }) => {
        const from = BigInt(high) - BigInt(most);
        return this.range(topic, partition, from > BigInt(low) ? from : BigInt(low), BigInt(high) - 1n, most);
      }),
    );
    return parts
      .flat()
      .sort((one, other) => one.timestamp - other.timestamp || Number(one.offset - other.offset))
      .slice(-most);
  }

  /**
   * The records of one partition from an offset to another, both included, up to `most`.
   * @throws kafkajs's error where Kafka is away, or has no such topic or offset any more
   */
  async range(
    topic: string,
    partition: number,
    from: bigint,
    to: bigint,
    most: number,
  ): Promise<TopicRecord[]> {
    const records: TopicRecord[] = [];
    let next = from;
    for (let fetches = 0; next <= to && records.length < most && fetches < MOST_FETCHES; fetches += 1) {
      const { messages, behind } = await this.#fetch(topic, partition, next);
      for (const message of messages) {
        const offset = BigInt(message.offset);
        if (offset <= to && records.length < most) records.push({ partition, ...recordOf(message) });
      }
      if (behind <= next) break;
      next = behind;
    }
    return records;
  }

  async close(): Promise<void> {
    await this.#cluster?.disconnect().catch(() => {});
  }

  /** @returns the readable records, and the offset after everything that was fetched */
  async #fetch(topic: string, partition: number, from: bigint) {
    const cluster = await this.#connected();
    await cluster.addTargetTopic(topic);
    await cluster.refreshMetadataIfNecessary();
    const leaders = cluster.findLeaderForPartitions(topic, [partition]);
    const [nodeId] = Object.keys(leaders);
    if (nodeId === undefined) throw new Error(`partition ${partition} of ${topic} has no leader`);
    const broker = await cluster.findBroker({ nodeId });
    const { responses } = await broker.fetch({
      isolationLevel: 1,
      maxWaitTime: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes: FETCH_BYTES }] }],
    });
    const [fetched] = responses[0]?.partitions ?? [];
    if (fetched === undefined) return { messages: [], behind: from };
    const Batch: BatchClass = require(BATCH);
    const last = fetched.messages.at(-1)?.offset;
    const behind = last === undefined ? from : BigInt(last) + 1n;
    return { messages: new Batch(topic, String(from), fetched).messages, behind };
  }

  async #connected(): Promise<Cluster> {
    const [create] = clusterMaker<Cluster>(this.#kafka);
    this.#cluster ??= create({ allowAutoTopicCreation: false, metadataMaxAge: 60_000 });
    if (!this.#cluster.isConnected()) await this.#cluster.connect();
    return this.#cluster;
  }

  async #withAdmin<T>(ask: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
    const admin = this.#kafka.admin({ retry: { retries: 1 } });
    try {
      await admin.connect();
      return await ask(admin);
    } finally {
      await admin.disconnect().catch(() => {});
    }
  }
}
