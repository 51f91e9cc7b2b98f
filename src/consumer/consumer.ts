// A consumer group member whose offsets are in Postgres: each batch and its next offset are one transaction of the
// handler. While a batch is in hand nothing more of its partition is fetched (back-pressure), heartbeats are sent, and a
// consumer that lost the partition meanwhile commits nothing. kafkajs assigns and fetches; its types are not exposed.

import type { EachBatchPayload, Kafka, Consumer as KafkaConsumer } from 'kafkajs';
import type { Pool } from '../db/pool.ts';
import { createConsumer } from '../kafka/stoppable-consumer.ts';
import { watchClockJump } from '../runtime/clock-jump.ts';
import { Assignment } from './assignment.ts';
import { recordOf } from './fetched-record.ts';
import type { ConsumerObserver, RecordHandler } from './handler.ts';
import { KafkaCommits } from './kafka-commits.ts';
import { memberOf, SESSION_MS } from './membership.ts';
import { FencedError, readOffset, readOffsets, type Subscription } from './offsets.ts';
import { AT_ONCE, type Pace, paced } from './pace.ts';
import { type Delivered, nextStep } from './position.ts';
import type { KafkaRecord } from './record.ts';
import { storeBatchWithRetries } from './store-batch.ts';
import { terminateStuckTransactions } from './terminate-stuck-transactions.ts';
import { TopicWatch } from './topic-watch.ts';
import { withHeartbeat } from './with-heartbeat.ts';

/** A smaller jump leaves the next heartbeat in time. */
const CLOCK_JUMP_MS = 2_000;

/** A batch without a record for consumers; its first offset is null where all of it is before the offset that was fetched. */
type EmptyBatch = {
  readonly partition: number;
  readonly firstOffset: string | null;
  readonly lastOffset: string;
  readonly highWatermark: string;
};

export class Consumer<Result> {
  readonly #consumer: KafkaConsumer;
  readonly #stop: () => Promise<void>;
  readonly #topicWatch: TopicWatch;
  readonly #pool: Pool;
  readonly #subscription: Subscription;
  readonly #handler: RecordHandler<Result>;
  readonly #observer: ConsumerObserver;
  readonly #pace: Pace;
  #assignment: Assignment;
  readonly #commits: KafkaCommits;
  #unwatch: () => void = () => {};
  #joining: Promise<void> = Promise.resolve();
  /** By partition: the moves of its offset past a range without a record, for which the next batch waits. */
  readonly #passing = new Map<number, Promise<void>>();
  #stopped = false;
  readonly #stopping = new AbortController();

  constructor(
    kafka: Kafka,
    pool: Pool,
    subscription: Subscription,
    handler: RecordHandler<Result>,
    observer: ConsumerObserver,
    pace = AT_ONCE,
  ) {
    this.#pool = pool;
    this.#subscription = subscription;
    this.#handler = handler;
    this.#observer = observer;
    this.#pace = pace;
    this.#assignment = this.#newAssignment([]);
    const { consumer, stop, topicId } = createConsumer(kafka, memberOf(subscription.group), {
      stale: () => this.#topicWatch.doubt(),
      beginsAt: (_topic, partition, offset) => this.#passLostSoon(partition, offset),
    });
    this.#consumer = consumer;
    this.#stop = stop;
    this.#commits = new KafkaCommits(
      subscription.topic,
      (offsets) => consumer.commitOffsets(offsets),
      (error) => observer.noted('offsets were not committed to Kafka', error),
    );
    this.#topicWatch = new TopicWatch(pool, subscription, () => topicId(subscription.topic), {
      recreated: () => this.#readFromBeginning(),
      failed: (error) => observer.noted('could not check whether the topic was recreated', error),
    });
    this.#consumer.on(this.#consumer.events.GROUP_JOIN, ({ payload }) => {
      const partitions = payload.memberAssignment[subscription.topic] ?? [];
      this.#assignment = this.#newAssignment(partitions);
      observer.joined(partitions);
      this.#seekToStored(this.#assignment).catch((error) =>
        observer.noted('could not read the offsets of the assigned partitions', error),
      );
    });
    // Of aborted records and transaction markers kafkajs delivers nothing, and continues after them.
    this.#consumer.on(this.#consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#passSoon(payload);
    });
  }

  /**
   * Joins the group and consumes until stop().
   * @param onCrash called where kafkajs gives up for good
   * @throws kafkajs's error where Kafka can't be reached now
   */
  async start(onCrash: (error: Error) => void): Promise<void> {
    this.#consumer.on(this.#consumer.events.CRASH, ({ payload }) => {
      if (payload.restart)
        this.#observer.warned('the consumer crashed and starts again', { err: payload.error });
      else onCrash(payload.error);
    });
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic: this.#subscription.topic, fromBeginning: true });
    await this.#run();
    this.#topicWatch.start();
    this.#unwatch = watchClockJump(CLOCK_JUMP_MS, (ms) => void this.#rejoin(ms));
  }

  /** Finishes the batch in hand and leaves the group. */
  async stop(): Promise<void> {
    this.#unwatch();
    this.#stopping.abort();
    await this.#joining;
    // kafkajs commits nothing for a consumer that has stopped.
    await this.#commits.last();
    this.#stopped = true;
    this.#topicWatch.close();
    await this.#stop();
    await Promise.all(this.#passing.values());
    this.#commits.close();
  }

  #run(): Promise<void> {
    return this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 3,
      eachBatch: (payload) => {
        const { batch, heartbeat } = payload;
        this.#assignment.delivered(batch.partition);
        const isLast = BigInt(batch.lastOffset()) + 1n >= BigInt(batch.highWatermark);
        const take = () =>
          withHeartbeat(
            heartbeat,
            () => this.#terminateStuck(),
            () => this.#take(payload),
          );
        return paced(batch.messages.length, isLast, take, this.#pace, this.#stopping.signal);
      },
    });
  }

  /**
   * kafkajs 2.2.4 sends a heartbeat when the wall clock shows 3 s more than at the last one (consumerGroup.js): after it was
   * set back by an hour none is sent for an hour, and the group reassigns partitions that this member still reads.
   */
  async #rejoin(behindMs: number): Promise<void> {
    this.#observer.warned(
      `the clock was set back by ${Math.round(behindMs / 1000)} s: joining the group again`,
    );
    this.#joining = this.#joining.then(async () => {
      try {
        await this.#consumer.stop();
        await this.#run();
      } catch (error) {
        this.#observer.warned('could not join the group again', { err: error });
      }
    });
    await this.#joining;
  }

  async #terminateStuck(): Promise<void> {
    try {
      const ended = await terminateStuckTransactions(this.#pool, SESSION_MS);
      if (ended > 0) this.#observer.warned(`ended ${ended} transactions of consumers that no longer answer`);
    } catch (error) {
      this.#observer.noted('could not look for stuck transactions', error);
    }
  }

  async #take({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const { partition } = batch;
    await this.#passing.get(partition);
    const first = BigInt(batch.firstOffset() ?? batch.lastOffset());
    const last = BigInt(batch.lastOffset());
    const delivered = { first, last, highWatermark: BigInt(batch.highWatermark) };
    const isMine = () => isRunning() && !isStale();
    const isStored = await this.#store(partition, delivered, batch.messages.map(recordOf), isMine, heartbeat);
    if (isStored) resolveOffset(batch.lastOffset());
  }

  /** Moves the offset past a range without a record, which would otherwise count as lag. */
  #passSoon({ partition, firstOffset, lastOffset, highWatermark }: EmptyBatch): void {
    const [first, last] = [BigInt(firstOffset ?? lastOffset), BigInt(lastOffset)];
    const delivered = { first, last, highWatermark: BigInt(highWatermark) };
    this.#afterPassing(partition, `pass over ${first} to ${last}`, async (isMine) => {
      await this.#store(partition, delivered, [], isMine);
    });
  }

  /** Moves the offset past records that were deleted before they were read, without waiting for a later record to show it. */
  #passLostSoon(partition: number, start: bigint): void {
    this.#afterPassing(partition, `pass over what is before ${start}`, async (isMine) => {
      const { expected } = await this.#assignment.position(partition);
      if (start <= (expected ?? 0n)) return;
      if (expected !== undefined)
        this.#observer.warned(`offsets ${expected} to ${start - 1n} are no longer in Kafka`, { partition });
      const lost = { first: expected ?? 0n, last: start - 1n, highWatermark: start };
      await this.#store(partition, lost, [], isMine);
    });
  }

  /** Queues a move of a partition's offset past a range without a record. @param what names it in a warning */
  #afterPassing(partition: number, what: string, work: (isMine: () => boolean) => Promise<void>): void {
    const assignment = this.#assignment;
    const isMine = () => !this.#stopped && this.#assignment === assignment;
    const passing = (this.#passing.get(partition) ?? Promise.resolve())
      .then(async () => void (isMine() && (await work(isMine))))
      .catch((error: Error) => {
        if (!this.#stopped)
          this.#observer.warned(`partition ${partition}: could not ${what}`, { err: error });
      });
    this.#passing.set(partition, passing);
  }

  /**
   * Stores what was delivered of a partition, and moves its offset.
   * @returns false where it had to seek to another offset first, or another consumer has the partition
   */
  async #store(
    partition: number,
    delivered: Delivered,
    delivery: readonly KafkaRecord[],
    isMine: () => boolean,
    heartbeat = async () => {},
  ): Promise<boolean> {
    if (await this.#topicWatch.isRecreated()) return false;
    const position = await this.#assignment.position(partition);
    const step = nextStep(position.expected, delivered, position.sought);
    if (step.do === 'seek') {
      position.sought = true;
      this.#seek(partition, step.to);
      return false;
    }
    if (step.warning !== undefined) this.#observer.warned(step.warning, { partition });
    const records = delivery.filter(({ offset }) => offset >= step.from);
    const { last, highWatermark } = delivered;
    this.#observer.taken(partition, records.length, highWatermark - step.from);
    const inHand = { partition, records, next: last + 1n, end: highWatermark, isMine, heartbeat };
    try {
      if (!(await storeBatchWithRetries(this.#handler, this.#observer, position, inHand))) return false;
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      await this.#seekToPostgres(partition, error);
      return false;
    }
    this.#commits.soon(partition, last + 1n);
    this.#observer.caughtUp(partition, highWatermark - last - 1n);
    return true;
  }

  #newAssignment(partitions: readonly number[]): Assignment {
    return new Assignment(partitions, (partition) => readOffset(this.#pool, this.#subscription, partition));
  }

  #readFromBeginning(): void {
    this.#observer.warned(
      `the topic ${this.#subscription.topic} was recreated: reading it from its beginning`,
    );
    this.#assignment = this.#newAssignment(this.#assignment.partitions);
    for (const partition of this.#assignment.partitions) this.#seek(partition, 0n);
  }

  async #seekToPostgres(partition: number, fenced: FencedError): Promise<void> {
    this.#observer.warned(fenced.message);
    this.#assignment.forget(partition);
    const current = await readOffset(this.#pool, this.#subscription, partition);
    if (current !== undefined) this.#seek(partition, current);
  }

  /**
   * Has Kafka deliver partitions from their offsets in Postgres, or from the beginning where it has none: Kafka may have another
   * committed offset, of an older or a restored database, and no record may come for long that would show it.
   */
  async #seekToStored(assignment: Assignment): Promise<void> {
    if (await this.#topicWatch.isRecreated()) return;
    const stored = await readOffsets(this.#pool, this.#subscription);
    if (this.#assignment !== assignment) return;
    const { topic } = this.#subscription;
    // For what was delivered meanwhile nextStep() decides: a seek would have it delivered, and counted, twice.
    for (const partition of assignment.undelivered())
      this.#consumer.seek({ topic, partition, offset: String(stored.get(partition) ?? 0n) });
  }

  #seek(partition: number, to: bigint): void {
    this.#observer.seeking(partition, to);
    this.#consumer.seek({ topic: this.#subscription.topic, partition, offset: to.toString() });
  }
}
