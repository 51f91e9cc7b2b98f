// A consumer group member whose offsets are in Postgres: each batch and its next offset are one transaction of the
// handler. While a batch is in hand nothing more of its partition is fetched (back-pressure), the heartbeat goes on, and
// a consumer that lost the partition meanwhile commits nothing. kafkajs assigns and fetches; its types stay in here.

import type { EachBatchPayload, Kafka, Consumer as KafkaConsumer } from 'kafkajs';
import type { Pool } from '../db/pool.ts';
import { createConsumer } from '../kafka/stoppable-consumer.ts';
import { watchClockJump } from '../runtime/clock-jump.ts';
import { recordOf } from './fetched-record.ts';
import type { ConsumerObserver, RecordHandler } from './handler.ts';
import { KafkaCommits } from './kafka-commits.ts';
import { memberOf, SESSION_MS } from './membership.ts';
import { FencedError, readOffset, readOffsets, type Subscription } from './offsets.ts';
import { AT_ONCE, type Pace, paced } from './pace.ts';
import { type Delivered, nextStep } from './position.ts';
import type { KafkaRecord } from './record.ts';
import { type Position, storeBatchWithRetries } from './store-batch.ts';
import { terminateStuckTransactions } from './terminate-stuck-transactions.ts';
import { TopicWatch } from './topic-made-anew.ts';
import { withHeartbeat } from './with-heartbeat.ts';

/** As little as leaves the next heartbeat in time. */
const CLOCK_JUMP_MS = 2_000;

/** A batch of which kafkajs hands nothing on; no first offset where all of it is before the place that was asked for. */
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
  #positions = new Map<number, Position>();
  #delivered = new Set<number>(); // partitions of which records came in this assignment
  readonly #commits: KafkaCommits;
  #unwatch: () => void = () => {};
  #joining: Promise<void> = Promise.resolve();
  /** By partition: moving the offset past what has no record; the batch behind it waits. */
  readonly #passing = new Map<number, Promise<void>>();
  #stopped = false;
  readonly #stopping = new AbortController();
  #assigned: readonly number[] = [];

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
      anew: () => this.#readAnew(),
      failed: (error) => observer.noted('could not look whether the topic is another one', error),
    });
    this.#consumer.on(this.#consumer.events.GROUP_JOIN, ({ payload }) => {
      const partitions = payload.memberAssignment[subscription.topic] ?? [];
      this.#positions = new Map();
      this.#delivered = new Set();
      this.#assigned = partitions;
      observer.joined(partitions);
      this.#seekToStored(partitions).catch((error) =>
        observer.noted('could not look where the partitions go on', error),
      );
    });
    // Aborted records and the markers of transactions: kafkajs goes on behind them, and hands nothing on.
    this.#consumer.on(this.#consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#passSoon(payload);
    });
  }

  /**
   * Joins the group and goes on until stop().
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
    this.#unwatch = watchClockJump(CLOCK_JUMP_MS, (ms) => void this.#joinAnew(ms));
  }

  /** Finishes the batch in hand and leaves the group. */
  async stop(): Promise<void> {
    this.#unwatch();
    this.#stopping.abort();
    await this.#joining;
    // A consumer that has stopped commits nothing more.
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
        this.#delivered.add(batch.partition);
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
   * kafkajs 2.2.4 sends its next heartbeat when the wall clock shows 3 s more than at the last one (consumerGroup.js): set
   * back by an hour, it sends none for an hour, and the group gives our partitions away while we go on reading them.
   */
  async #joinAnew(behindMs: number): Promise<void> {
    this.#observer.warned(
      `the clock was set back by ${Math.round(behindMs / 1000)} s: joining the group anew`,
    );
    this.#joining = this.#joining.then(async () => {
      try {
        await this.#consumer.stop();
        await this.#run();
      } catch (error) {
        this.#observer.warned('could not join the group anew', { err: error });
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

  /** Moves the offset past a range without a record, which would look as though it were still to be stored. */
  #passSoon({ partition, firstOffset, lastOffset, highWatermark }: EmptyBatch): void {
    const [first, last] = [BigInt(firstOffset ?? lastOffset), BigInt(lastOffset)];
    const delivered = { first, last, highWatermark: BigInt(highWatermark) };
    this.#afterPassing(partition, `pass over ${first} to ${last}`, async (isMine) => {
      await this.#store(partition, delivered, [], isMine);
    });
  }

  /** Moves the offset past records that were deleted before they were read: no record may come for long that would show it. */
  #passLostSoon(partition: number, start: bigint): void {
    this.#afterPassing(partition, `pass over what is before ${start}`, async (isMine) => {
      const { expected } = await this.#position(partition);
      if (start <= (expected ?? 0n)) return;
      if (expected !== undefined)
        this.#observer.warned(`offsets ${expected} to ${start - 1n} are no longer in Kafka`, { partition });
      const lost = { first: expected ?? 0n, last: start - 1n, highWatermark: start };
      await this.#store(partition, lost, [], isMine);
    });
  }

  /** Does what moves a partition's offset without a record, after what does so already. */
  #afterPassing(partition: number, what: string, work: (isMine: () => boolean) => Promise<void>): void {
    const positions = this.#positions;
    const isMine = () => !this.#stopped && this.#positions === positions;
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
   * @returns false where it sought another place first, or another consumer has the partition
   */
  async #store(
    partition: number,
    delivered: Delivered,
    delivery: readonly KafkaRecord[],
    isMine: () => boolean,
    heartbeat = async () => {},
  ): Promise<boolean> {
    if (await this.#topicWatch.isAnew()) return false;
    const position = await this.#position(partition);
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
      await this.#goOnFromPostgres(partition, error);
      return false;
    }
    this.#commits.soon(partition, last + 1n);
    this.#observer.caughtUp(partition, highWatermark - last - 1n);
    return true;
  }

  #readAnew(): void {
    this.#observer.warned(
      `the topic ${this.#subscription.topic} was made anew, and is read from its beginning`,
    );
    this.#positions = new Map();
    for (const partition of this.#assigned) this.#seek(partition, 0n);
  }

  async #goOnFromPostgres(partition: number, fenced: FencedError): Promise<void> {
    this.#observer.warned(fenced.message);
    this.#positions.delete(partition);
    const current = await readOffset(this.#pool, this.#subscription, partition);
    if (current !== undefined) this.#seek(partition, current);
  }

  async #position(partition: number): Promise<Position> {
    const known = this.#positions.get(partition);
    if (known !== undefined) return known;
    // The map of this assignment: one made after a rebalance must not inherit offsets read before it.
    const positions = this.#positions;
    const expected = await readOffset(this.#pool, this.#subscription, partition);
    const position = { expected, sought: false };
    positions.set(partition, position);
    return position;
  }

  /**
   * Partitions go on at their offset in Postgres, or begin where it has none, also where Kafka has another committed offset, as of an
   * older or a restored database, and no record comes that would show it.
   */
  async #seekToStored(partitions: readonly number[]): Promise<void> {
    if (await this.#topicWatch.isAnew()) return;
    const delivered = this.#delivered;
    const stored = await readOffsets(this.#pool, this.#subscription);
    const { topic } = this.#subscription;
    // Of what was delivered meanwhile nextStep() decides: a seek would have it delivered once more.
    const isOpen = (partition: number) => this.#delivered === delivered && !delivered.has(partition);
    for (const partition of partitions.filter(isOpen))
      this.#consumer.seek({ topic, partition, offset: String(stored.get(partition) ?? 0n) });
  }

  #seek(partition: number, to: bigint): void {
    this.#observer.seeking(partition, to);
    this.#consumer.seek({ topic: this.#subscription.topic, partition, offset: to.toString() });
  }
}
