// The consumer group that carries Kafka's records into Postgres. kafkajs assigns and fetches; each batch is one
// transaction (store.ts), retried with growing pauses for as long as Postgres is away, while nothing more is fetched.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { FencedError, readOffset, type Subscription } from '../consumer/offsets.ts';
import { nextStep } from '../consumer/position.ts';
import { terminateStuckTransactions } from '../consumer/terminate-stuck-transactions.ts';
import { withHeartbeat } from '../consumer/with-heartbeat.ts';
import { codeOf } from '../db/errors.ts';
import type { Pool } from '../db/pool.ts';
import { watchClockJump } from '../runtime/clock-jump.ts';
import type { Logger } from '../runtime/log.ts';
import type { KafkaRecord } from './batch.ts';
import { KnownUsers } from './known-users.ts';
import type { IngestMetrics } from './metrics.ts';
import { type StoreResult, storeBatch } from './store.ts';
import { logStored } from './stored-log.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const COMMIT_EVERY_MS = 1_000;
const PACE_MS = 15;
/** What each record of a batch adds to its pace, and where that ends. */
const PACE_MS_A_RECORD = 0.5;
const LONGEST_PACE_MS = 100;
/** Of each partition at once: what is in hand is what decides the memory. */
const FETCH_BYTES = 1024 * 1024;
/** A killed process's partitions are given away after this; Kafka's lowest allowed is 6 s. */
export const SESSION_MS = 10_000;
const HEARTBEAT_MS = 3_000;

/** What this process knows of a partition it owns. */
type Position = { expected: bigint | undefined; sought: boolean };

export class Ingest {
  readonly #consumer: Consumer;
  readonly #pool: Pool;
  readonly #subscription: Subscription;
  readonly #metrics: IngestMetrics;
  readonly #log: Logger;
  readonly #onRejected: () => void;
  #positions = new Map<number, Position>();
  readonly #toCommit = new Map<number, bigint>();
  readonly #users = new KnownUsers();
  #committing: NodeJS.Timeout | undefined;
  #unwatch: () => void = () => {};
  #joining: Promise<void> = Promise.resolve();

  /** @param onRejected called after a commit that set messages aside */
  constructor(
    kafka: Kafka,
    pool: Pool,
    subscription: Subscription,
    metrics: IngestMetrics,
    log: Logger,
    onRejected: () => void = () => {},
  ) {
    this.#pool = pool;
    this.#subscription = subscription;
    this.#metrics = metrics;
    this.#log = log;
    this.#onRejected = onRejected;
    this.#consumer = kafka.consumer({
      groupId: subscription.group,
      maxBytesPerPartition: FETCH_BYTES,
      // A fetch that waits for records holds up stop().
      maxWaitTimeInMs: 1_000,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: LONGEST_PAUSE_MS, retries: Number.MAX_SAFE_INTEGER },
    });
    this.#consumer.on(this.#consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#positions = new Map();
      this.#log.info(
        { partitions: payload.memberAssignment[subscription.topic] ?? [] },
        'joined the consumer group',
      );
    });
  }

  /**
   * Joins the group and goes on until stop().
   * @param onCrash called where kafkajs gives up for good
   * @throws kafkajs's error where Kafka can't be reached now
   */
  async start(onCrash: (error: Error) => void): Promise<void> {
    this.#consumer.on(this.#consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) onCrash(payload.error);
    });
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic: this.#subscription.topic, fromBeginning: true });
    await this.#run();
    this.#unwatch = watchClockJump(HEARTBEAT_MS, (ms) => void this.#joinAnew(ms));
  }

  /** Finishes the batch in hand and leaves the group. */
  async stop(): Promise<void> {
    this.#unwatch();
    await this.#joining;
    await this.#consumer.stop();
    await this.#commitToKafka();
    await this.#consumer.disconnect();
  }

  #run(): Promise<void> {
    return this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 3,
      eachBatch: (payload) =>
        paced(payload.batch, () =>
          withHeartbeat(
            payload.heartbeat,
            () => this.#endHolders(),
            () => this.#take(payload),
          ),
        ),
    });
  }

  /**
   * kafkajs 2.2.4 sends its next heartbeat when the wall clock shows 3 s more than at the last one (consumerGroup.js): set
   * back by an hour, it sends none for an hour, and the group gives our partitions away while we go on reading them.
   */
  async #joinAnew(behindMs: number): Promise<void> {
    this.#log.warn(`the clock was set back by ${Math.round(behindMs / 1000)} s: joining the group anew`);
    this.#joining = this.#joining.then(async () => {
      await this.#consumer.stop();
      await this.#run();
    });
    await this.#joining.catch((error: Error) =>
      this.#log.error({ err: error }, 'could not join the group anew'),
    );
  }

  async #endHolders(): Promise<void> {
    try {
      const ended = await terminateStuckTransactions(this.#pool, SESSION_MS);
      if (ended > 0) this.#log.warn(`ended ${ended} transactions of ingest processes that say nothing`);
    } catch (error) {
      this.#log.debug({ err: error }, 'no look at who holds a batch up');
    }
  }

  async #take({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const { partition } = batch;
    const position = await this.#position(partition);
    const first = BigInt(batch.firstOffset() ?? batch.lastOffset());
    const last = BigInt(batch.lastOffset());
    const delivered = { first, last, highWatermark: BigInt(batch.highWatermark) };
    const step = nextStep(position.expected, delivered, position.sought);
    if (step.do === 'seek') {
      position.sought = true;
      this.#seek(partition, step.to);
      return;
    }
    if (step.warning !== undefined) this.#log.warn({ partition }, step.warning);
    const records = batch.messages
      .map((message) => ({
        offset: BigInt(message.offset),
        timestamp: Number(message.timestamp),
        key: message.key,
        value: message.value,
      }))
      .filter(({ offset }) => offset >= step.from);
    this.#metrics.taken(partition, records.length, delivered.highWatermark - step.from);
    const mine = () => isRunning() && !isStale();
    try {
      const stored = await this.#storePatiently(partition, records, position, last + 1n, mine, heartbeat);
      if (!stored) return;
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      this.#log.warn(error.message);
      this.#positions.delete(partition);
      const current = await readOffset(this.#pool, this.#subscription, partition);
      if (current !== undefined) this.#seek(partition, current);
      return;
    }
    resolveOffset(batch.lastOffset());
    this.#commitSoon(partition, last + 1n);
    this.#metrics.lag(partition, delivered.highWatermark - last - 1n);
  }

  /** False where the partition or the consumer went away before Postgres came back. */
  async #storePatiently(
    partition: number,
    records: readonly KafkaRecord[],
    position: Position,
    next: bigint,
    mine: () => boolean,
    heartbeat: () => Promise<void>,
  ): Promise<boolean> {
    let pause = FIRST_PAUSE_MS;
    while (mine()) {
      try {
        await this.#store(partition, records, position, next);
        if (pause > FIRST_PAUSE_MS) this.#log.info('Postgres is back');
        return true;
      } catch (error) {
        if (error instanceof FencedError) throw error;
        if (pause === FIRST_PAUSE_MS)
          this.#log.warn({ err: error }, 'Postgres does not take a batch; trying again');
        this.#metrics.failed();
      }
      await sleep(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      await heartbeat();
    }
    return false;
  }

  async #store(
    partition: number,
    records: readonly KafkaRecord[],
    position: Position,
    next: bigint,
    unstorable?: string,
  ): Promise<void> {
    const started = performance.now();
    const batch = unstorable === undefined ? { partition, records } : { partition, records, unstorable };
    let result: StoreResult;
    try {
      result = await storeBatch(this.#pool, this.#subscription, batch, position.expected, next, this.#users);
    } catch (error) {
      if (!isDataError(error) || unstorable !== undefined) throw error;
      await this.#storeOneByOne(partition, records, position, next, error);
      return;
    }
    position.expected = next;
    this.#metrics.stored(result, records, (performance.now() - started) / 1000);
    logStored(this.#log, partition, records);
    if (result.rejected > 0) this.#onRejected();
  }

  /** Postgres refuses something in the batch that our validation let through: the rest must not wait for it. */
  async #storeOneByOne(
    partition: number,
    records: readonly KafkaRecord[],
    position: Position,
    next: bigint,
    error: unknown,
  ): Promise<void> {
    const [record, ...more] = records;
    if (record !== undefined && more.length === 0) {
      const reason = error instanceof Error ? error.message : String(error);
      return this.#store(partition, records, position, next, reason);
    }
    for (const [index, one] of records.entries()) {
      const after = records[index + 1]?.offset ?? next;
      await this.#store(partition, [one], position, after);
    }
  }

  async #position(partition: number): Promise<Position> {
    const known = this.#positions.get(partition);
    if (known !== undefined) return known;
    // The map of this assignment: a rebalance meanwhile must not inherit what we read.
    const positions = this.#positions;
    const expected = await readOffset(this.#pool, this.#subscription, partition);
    const position = { expected, sought: false };
    positions.set(partition, position);
    return position;
  }

  #seek(partition: number, to: bigint): void {
    this.#log.info({ partition, offset: to.toString() }, 'seeking to the offset in Postgres');
    this.#consumer.seek({ topic: this.#subscription.topic, partition, offset: to.toString() });
  }

  /** Kafka's own committed offsets are for lag tools only, so one commit a second is plenty. */
  #commitSoon(partition: number, next: bigint): void {
    this.#toCommit.set(partition, next);
    this.#committing ??= setTimeout(() => void this.#commitToKafka(), COMMIT_EVERY_MS);
  }

  async #commitToKafka(): Promise<void> {
    clearTimeout(this.#committing);
    this.#committing = undefined;
    const { topic } = this.#subscription;
    const offsets = [...this.#toCommit].map(([partition, next]) => ({
      topic,
      partition,
      offset: next.toString(),
    }));
    this.#toCommit.clear();
    if (offsets.length === 0) return;
    await this.#consumer.commitOffsets(offsets).catch((error: Error) => {
      this.#log.debug(`offsets not committed to Kafka: ${error.message}`);
    });
  }
}

/**
 * What comes right behind a batch waits a moment and goes together, the longer the more has come: an event that comes
 * alone is stored at once, many small transactions become some larger ones, and a backlog isn't held up.
 */
async function paced(batch: Batch, work: () => Promise<void>): Promise<void> {
  const isLast = BigInt(batch.lastOffset()) + 1n >= BigInt(batch.highWatermark);
  const pace = Math.min(PACE_MS + batch.messages.length * PACE_MS_A_RECORD, LONGEST_PACE_MS);
  const pause = isLast ? sleep(pace) : undefined;
  await work();
  await pause;
}

/**
 * SQLSTATE classes 22 (data exception) and 23 (constraint violation): trying again can't help. But for 23505: a key that
 * another writer took at the same moment is there the next time, and is then met as a duplicate.
 */
function isDataError(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return /^2[23]/.test(code) && code !== '23505';
}
