// Asks the cluster for its state: for /readyz, as a publisher without events would not notice that Kafka is away, and for /pipeline.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, AssignerProtocol, type Kafka } from 'kafkajs';
import { reasonOf } from './errors.ts';

const TIMEOUT_MS = 2_000;

/** The cluster's id, and the end of each partition of a topic. */
export type TopicEnds = { readonly clusterId: string; readonly ends: ReadonlyMap<number, bigint> };

/** A member of a consumer group, and the partitions of a topic assigned to it. */
export type Member = {
  readonly id: string;
  readonly client: string;
  readonly partitions: readonly number[];
};

/** A topic and a group that reads it. */
export type TopicLook = {
  readonly clusterId: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly start: bigint;
    readonly end: bigint;
  }[];
  /** As Kafka names it: Stable, PreparingRebalance, CompletingRebalance, Empty or Dead. */
  readonly groupState: string;
  readonly members: readonly Member[];
};

export class KafkaProbe {
  readonly #admin: Admin;
  #connected: Promise<void> | undefined;

  constructor(kafka: Kafka) {
    this.#admin = kafka.admin({ retry: { retries: 0 } });
  }

  /** Why Kafka is away; undefined where it answers within 2 s. Never rejects. */
  async ask(): Promise<string | undefined> {
    const late = sleep(TIMEOUT_MS, `no answer within ${TIMEOUT_MS} ms`, { ref: false });
    return Promise.race([this.#ask(), late]);
  }

  /** The ends of a topic's partitions now. @throws kafkajs's error where Kafka is away or has no such topic */
  async topicEnds(topic: string): Promise<TopicEnds> {
    await this.#connect();
    const [{ clusterId }, offsets] = await Promise.all([
      this.#admin.describeCluster(),
      this.#admin.fetchTopicOffsets(topic),
    ]);
    return { clusterId, ends: new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)])) };
  }

  /** All that /pipeline shows of a topic and its group. @throws kafkajs's error where Kafka is away or has no such topic */
  async look(topic: string, group: string): Promise<TopicLook> {
    await this.#connect();
    const [{ clusterId }, offsets, { groups }] = await Promise.all([
      this.#admin.describeCluster(),
      this.#admin.fetchTopicOffsets(topic),
      this.#admin.describeGroups([group]),
    ]);
    const partitions = offsets
      .map(({ partition, low, high }) => ({ partition, start: BigInt(low), end: BigInt(high) }))
      .sort((a, b) => a.partition - b.partition);
    const [described] = groups;
    const members = (described?.members ?? []).map(({ memberId, clientId, memberAssignment }) => ({
      id: memberId,
      client: clientId,
      partitions: AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[topic] ?? [],
    }));
    return { clusterId, partitions, groupState: described?.state ?? 'Dead', members };
  }

  /** The cluster's id. @throws kafkajs's error where Kafka is away */
  async clusterId(): Promise<string> {
    await this.#connect();
    return (await this.#admin.describeCluster()).clusterId;
  }

  async close(): Promise<void> {
    await this.#admin.disconnect().catch(() => {});
  }

  /** Connects once for all requests; after a failure the next call tries again. */
  async #connect(): Promise<void> {
    this.#connected ??= this.#admin.connect();
    await this.#connected.catch((error) => {
      this.#connected = undefined;
      throw error;
    });
  }

  async #ask(): Promise<string | undefined> {
    try {
      await this.#connect();
      await this.#admin.describeCluster();
      return undefined;
    } catch (error) {
      this.#connected = undefined;
      return reasonOf(error);
    }
  }
}
