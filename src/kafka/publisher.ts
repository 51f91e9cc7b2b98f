// Event → outbox → Kafka. publishAll() stores events on disk before it returns; one loop sends the waiting ones, a batch at a
// time, so that the events of a visitor stay in order and an outage of the cluster only delays them. Events that ingest would
// reject are refused here, before they are acknowledged to the client.
// The kafkajs producer is not idempotent: docs/decisions/idempotent-producer.md says why.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka, Message, PartitionerArgs, Producer } from 'kafkajs';
import type { ShopEvent } from '../events/event.ts';
import { writeWire } from '../events/wire.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Logger } from '../runtime/log.ts';
import { connectProducer } from './client.ts';
import { isBadTimestamp, isTooLarge, isUnknownTopic, KafkaError, reasonOf } from './errors.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import { partitionOf } from './partition.ts';
import { type Outcome, PendingBatch } from './pending-batch.ts';
import { refusalOf, takenAtOf } from './refusal.ts';

export { type Acknowledgement, acknowledgementOf, type Outcome } from './pending-batch.ts';

export const PARTITIONS = 3;
const BATCH_EVENTS = 2_000;
const BATCH_BYTES = 512 * 1024;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const CLOSE_SECONDS = 5;

/** A waiting event, which is number `index` of its PendingBatch. */
type Queued = {
  readonly key: string;
  readonly entry: OutboxEntry;
  /** When it was accepted, in milliseconds since the epoch. */
  readonly takenAt: number;
  readonly pending: PendingBatch;
  readonly index: number;
};

/** An event that an earlier process accepted and did not see acknowledged. */
export type Recovered = { readonly event: ShopEvent; readonly outcomes: Promise<readonly Outcome[]> };

export type PublisherState = {
  /** Whether Kafka has acknowledged the last batch, or nothing was sent since it was reached. */
  readonly connected: boolean;
  readonly waiting: number;
  readonly outboxBytes: number;
  /** The limit of the outbox, in bytes. */
  readonly outboxMost: number;
  /** Events since the start of this process: taken = acknowledged + refused + waiting. */
  readonly taken: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Events not taken since the start, as the outbox was full or its disk refused; each further attempt of a client counts. */
  readonly turnedAway: number;
  readonly lastError: string | undefined;
};

export class Publisher {
  readonly #topic: string;
  readonly #outbox: Outbox;
  readonly #log: Logger;
  readonly #kafka: Kafka;
  readonly #producer: Producer;
  #queue: Queued[] = [];
  #wake: () => void = () => {};
  #ready = false;
  #closing = false;
  #lastError: string | undefined;
  #taken = 0;
  #acknowledged = 0;
  #refused = 0;
  #turnedAway = 0;
  #loop: Promise<void> = Promise.resolve();

  constructor(kafka: Kafka, topic: string, outbox: Outbox, log: Logger) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#outbox = outbox;
    this.#log = log;
    this.#producer = kafka.producer({
      createPartitioner: () => partitionInto,
      allowAutoTopicCreation: false,
    });
  }

  /**
   * Starts sending, beginning with the events that an earlier process left. Kafka may be away.
   * @returns those events, in their order
   */
  start(): readonly Recovered[] {
    const left = this.#outbox.recovered.map((entry) => {
      const event = JSON.parse(entry.line) as ShopEvent;
      return { event, outcomes: this.#enqueue([event], [entry]) };
    });
    if (this.#outbox.damaged > 0)
      this.#log.error(
        `${this.#outbox.damaged} lines of the outbox are not events; they are kept in *.damaged`,
      );
    if (left.length > 0) this.#log.info(`sending ${left.length} events that an earlier run left`);
    this.#loop = this.#run();
    return left;
  }

  /**
   * Stores events on disk at once, all or none, and sends them in their order; events that ingest would reject are refused alone.
   * @param events one or more
   * @returns the outcome of each, once all are known, which may take as long as Kafka is away
   * @throws {KafkaError} OUTBOX_FULL, OUTBOX_WRITE or CLOSED, where no event was taken: at once, or by the promise if one was refused
   */
  publishAll(events: readonly ShopEvent[]): Promise<readonly Outcome[]> {
    if (this.#closing) throw new KafkaError('CLOSED', 'the shop is closing; no more events are accepted');
    const lines = writeWire(events);
    const refusals = lines.map((line, index) => refusalOf(line, events[index]));
    if (refusals.every((refusal) => refusal === undefined)) return this.#take(events, lines);
    this.#log.error(
      { reason: refusals.find((refusal) => refusal !== undefined)?.message },
      'refused an event',
    );
    return this.#takeGood(events, lines, refusals);
  }

  #take(events: readonly ShopEvent[], lines: string[]): Promise<readonly Outcome[]> {
    const entries = this.#keep(lines);
    const outcomes = this.#enqueue(events, entries);
    this.#wake();
    return outcomes;
  }

  #keep(lines: readonly string[]): OutboxEntry[] {
    try {
      return this.#outbox.appendAll(lines);
    } catch (error) {
      this.#turnedAway += lines.length;
      throw error;
    }
  }

  async #takeGood(
    events: readonly ShopEvent[],
    lines: readonly string[],
    refusals: readonly (KafkaError | undefined)[],
  ): Promise<readonly Outcome[]> {
    const isGood = (_: unknown, index: number) => refusals[index] === undefined;
    const good = events.filter(isGood);
    const taken = (good.length === 0 ? [] : await this.#take(good, lines.filter(isGood))).values();
    return refusals.map((refusal) => refusal ?? (taken.next().value as Outcome));
  }

  get state(): PublisherState {
    return {
      connected: this.#ready && this.#lastError === undefined,
      waiting: this.#queue.length,
      outboxBytes: this.#outbox.bytes,
      outboxMost: this.#outbox.mostBytes,
      taken: this.#taken,
      acknowledged: this.#acknowledged,
      refused: this.#refused,
      turnedAway: this.#turnedAway,
      lastError: this.#lastError,
    };
  }

  /** Makes the outbox refuse further events, as a full one does; false ends that. */
  simulateFullOutbox(full: boolean): void {
    this.#outbox.simulateFull(full);
  }

  /** Sends the waiting events, for some seconds at most; the rest stays on disk. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#wake();
    await Promise.race([this.#loop, sleep(CLOSE_SECONDS * 1000, undefined, { ref: false })]);
    await this.#producer.disconnect().catch(() => {});
    for (const { pending, index } of this.#queue)
      pending.settle(index, new KafkaError('CLOSED', 'the shop closed before Kafka answered'));
    this.#queue = [];
    this.#outbox.close();
  }

  #enqueue(events: readonly ShopEvent[], entries: readonly OutboxEntry[]): Promise<readonly Outcome[]> {
    const pending = new PendingBatch(events.length);
    this.#taken += entries.length;
    for (const [index, one] of entries.entries()) {
      const event = events[index];
      this.#queue.push({ key: event?.user_id ?? '', entry: one, takenAt: takenAtOf(event), pending, index });
    }
    return pending.outcomes;
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    for (;;) {
      if (this.#queue.length === 0 && this.#ready) {
        if (this.#closing) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      try {
        if (!this.#ready) await this.#connect();
        await this.#sendNext();
        if (this.#lastError !== undefined) this.#log.info('Kafka is back');
        this.#lastError = undefined;
        backoff.reset();
      } catch (error) {
        if (this.#lastError === undefined)
          this.#log.warn(`Kafka is away, events wait on disk: ${reasonOf(error)}`);
        this.#lastError = reasonOf(error);
        // #connect() creates a topic that was deleted.
        if (isUnknownTopic(error)) this.#ready = false;
        if (this.#closing) return;
        await sleep(backoff.next(), undefined, { ref: false });
      }
    }
  }

  async #connect(): Promise<void> {
    await connectProducer(this.#kafka, this.#producer, this.#topic, PARTITIONS);
    this.#ready = true;
  }

  async #sendNext(): Promise<void> {
    if (this.#queue.length === 0) return;
    const batch = this.#nextBatch();
    const sent = await this.#send(batch);
    this.#queue = this.#queue.slice(sent.length);
    sent.forEach((outcome, place) => {
      const waiting = batch[place];
      if (waiting === undefined) return;
      this.#outbox.acknowledge(waiting.entry);
      if (outcome instanceof KafkaError) this.#refused += 1;
      else this.#acknowledged += 1;
      waiting.pending.settle(waiting.index, outcome);
    });
  }

  #nextBatch(): Queued[] {
    let bytes = 0;
    const end = this.#queue.slice(0, BATCH_EVENTS).findIndex(({ entry }, index) => {
      bytes += entry.line.length;
      return bytes > BATCH_BYTES && index > 0;
    });
    return this.#queue.slice(0, end === -1 ? BATCH_EVENTS : end);
  }

  /**
   * Sends the batch, or its first half where Kafka refuses it as too large.
   * @param asOfNow whether each record gets the current time. Otherwise, if the clock was set back, it gets the time when its event was
   *   accepted, as ingest rejects an event that is a day later than its record; Kafka may refuse that timestamp
   * @returns the outcome of each event sent
   */
  async #send(batch: readonly Queued[], asOfNow = false): Promise<Outcome[]> {
    const now = Date.now();
    const messages = batch.map(
      ({ key, entry, takenAt }): Keyed => ({
        key,
        value: entry.line,
        timestamp: String(asOfNow ? now : Math.max(now, takenAt)),
      }),
    );
    try {
      const metadata = await this.#producer.send({ topic: this.#topic, messages });
      const at = Date.now();
      const next = new Map(
        metadata.map(({ partition, baseOffset }) => [partition, BigInt(baseOffset ?? -1)]),
      );
      return messages.map((message) => {
        const { partition = -1 } = message;
        const offset = next.get(partition) ?? -1n;
        next.set(partition, offset + 1n);
        return { topic: this.#topic, partition, offset, at };
      });
    } catch (error) {
      if (isBadTimestamp(error) && !asOfNow) return this.#send(batch, true);
      if (!isTooLarge(error)) throw error;
      if (batch.length > 1) return this.#send(batch.slice(0, Math.floor(batch.length / 2)), asOfNow);
      this.#log.error(`Kafka refuses an event: ${reasonOf(error)}`);
      return [new KafkaError('REFUSED', `Kafka refuses this event: ${reasonOf(error)}`, error)];
    }
  }
}

type Keyed = Message & { readonly key: string };

/** Also notes the partition in the message, as kafkajs's response has only the first offset of each partition. */
function partitionInto({ message, partitionMetadata }: PartitionerArgs): number {
  message.partition = partitionOf((message as Keyed).key, partitionMetadata.length);
  return message.partition;
}
