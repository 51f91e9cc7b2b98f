// The target Kafka: events as JSON, keyed by the visitor, with a header that names the run and the record's number. A batch is
// sent again until it is acknowledged, so that records may be in the topic twice, recognised by the header.

import { randomBytes } from 'node:crypto';
import { writeWire } from '../../events/wire.ts';
import {
  connectProducer,
  createProducer,
  type Kafka,
  type Message,
  type Producer,
} from '../../kafka/client.ts';
import { SNAPPY, writeSnappyBy } from '../../kafka/codecs.ts';
import { isTooLarge, reasonOf } from '../../kafka/errors.ts';
import { partitionOf } from '../../kafka/partition.ts';
import { PARTITIONS } from '../../kafka/publisher.ts';
import { Backoff } from '../../runtime/backoff.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Numbered, Receipt, Target } from './target.ts';

/** The header of a simulated record: `<run>/<n>`. */
export const RUN_HEADER = 'shopstream-run';
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const GARBAGE_BYTES = 48;
/** An invalid varint for the uncompressed length. */
const NO_SNAPPY = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]);
/** The value of the header, as it stands in the bytes of a batch. */
const NAME_OF_RECORD = /\d{8}T\d{6}-[0-9a-f]{6}\/\d+/;

export type TopicPlace = { readonly cluster: string; readonly from: Readonly<Record<string, string>> };

/** Bytes that snappy can't decompress. They contain the run and the record's number, by which the ledger recognises the dead letter. */
function spoil(records: Buffer): Buffer {
  const [name = ''] = NAME_OF_RECORD.exec(records.toString('latin1')) ?? [];
  return Buffer.concat([NO_SNAPPY, Buffer.from(`${name};`), randomBytes(GARBAGE_BYTES)]);
}

export class KafkaTarget implements Target {
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #run: string;
  readonly #log: Logger;
  readonly #producer: Producer;
  #partitions = PARTITIONS;

  constructor(kafka: Kafka, topic: string, run: string, log: Logger) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#run = run;
    this.#log = log;
    this.#producer = createProducer(kafka);
    writeSnappyBy(spoil);
  }

  /** Makes the topic where it is missing, and reads its end offsets. @throws the Kafka client's error where Kafka is away */
  async open(): Promise<TopicPlace> {
    await connectProducer(this.#kafka, this.#producer, this.#topic, PARTITIONS);
    const place = await placeOf(this.#kafka, this.#topic);
    this.#partitions = Object.keys(place.from).length;
    return place;
  }

  async send(batch: readonly Numbered[], signal: AbortSignal): Promise<readonly Receipt[]> {
    const plain = writeWire(batch.map(({ send }) => send.event));
    const messages = batch.map(({ n, send }, index) =>
      this.#message(n, send.key, send.broken ?? plain[index] ?? '', send.at),
    );
    const receipts = new Array<Receipt>(batch.length);
    for (const { places, poisoned } of requestsOf(batch, messages)) {
      const some = places.map((place) => messages[place] as Placed);
      const got = await this.#sendUntilAcknowledged(some, poisoned, signal);
      for (const [index, place] of places.entries()) receipts[place] = got[index] as Receipt;
    }
    return receipts;
  }

  async close(): Promise<void> {
    await this.#producer.disconnect().catch(() => {});
  }

  #message(
    n: number,
    key: string,
    value: string | Buffer,
    at: number,
  ): Message & { readonly partition: number } {
    const headers = { [RUN_HEADER]: `${this.#run}/${n}` };
    return { key, value, partition: partitionOf(key, this.#partitions), timestamp: String(at), headers };
  }

  async #sendUntilAcknowledged(
    messages: readonly Placed[],
    poisoned: boolean,
    signal: AbortSignal,
  ): Promise<Receipt[]> {
    const backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    for (;;) {
      try {
        const batch = { topic: this.#topic, messages: [...messages] };
        const sent = await this.#producer.send(poisoned ? { ...batch, compression: SNAPPY } : batch);
        const next = new Map(sent.map(({ partition, baseOffset }) => [partition, Number(baseOffset ?? -1)]));
        return messages.map(({ partition }) => {
          const offset = next.get(partition) ?? -1;
          next.set(partition, offset + 1);
          return { partition, offset: String(offset) };
        });
      } catch (error) {
        signal.throwIfAborted();
        if (isTooLarge(error)) return this.#sendHalves(messages, poisoned, signal, error);
        this.#log.debug(`Kafka did not acknowledge a batch, which is sent again: ${reasonOf(error)}`);
        await backoff.wait(signal);
        signal.throwIfAborted();
      }
    }
  }

  /** Splits a batch that is too large for the topic. @throws where a single record is too large */
  async #sendHalves(
    messages: readonly Placed[],
    poisoned: boolean,
    signal: AbortSignal,
    error: unknown,
  ): Promise<Receipt[]> {
    if (messages.length < 2) throw error;
    const half = messages.length >> 1;
    const first = await this.#sendUntilAcknowledged(messages.slice(0, half), poisoned, signal);
    return [...first, ...(await this.#sendUntilAcknowledged(messages.slice(half), poisoned, signal))];
  }
}

type Placed = Message & { readonly partition: number };
type Request = { readonly places: number[]; readonly poisoned: boolean };

/**
 * Groups records into requests. A poisoned one is alone in its partition's batch, so that no other record is lost with it.
 */
function requestsOf(batch: readonly Numbered[], messages: readonly Placed[]): readonly Request[] {
  const plain: number[] = [];
  const poisoned: Map<number, number>[] = [];
  for (const [place, { send }] of batch.entries()) {
    const partition = messages[place]?.partition ?? 0;
    if (send.expect !== 'undecodable') {
      plain.push(place);
      continue;
    }
    const free = poisoned.find((request) => !request.has(partition));
    if (free === undefined) poisoned.push(new Map([[partition, place]]));
    else free.set(partition, place);
  }
  return [
    ...(plain.length === 0 ? [] : [{ places: plain, poisoned: false }]),
    ...poisoned.map((request) => ({ places: [...request.values()], poisoned: true })),
  ];
}

/** The id of the cluster, and the end offsets of the topic's partitions. */
export async function placeOf(kafka: Kafka, topic: string): Promise<TopicPlace> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { clusterId } = await admin.describeCluster();
    const offsets = await admin.fetchTopicOffsets(topic);
    return {
      cluster: clusterId,
      from: Object.fromEntries(offsets.map(({ partition, high }) => [partition, high])),
    };
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
