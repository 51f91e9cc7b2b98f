// How far ingest has stored each partition, and whether somebody looks at a page, for the consumers that follow ingest. Ingest notifies
// each commit (db/change.ts), so that nobody polls; after a lost connection the offsets are read from Postgres. While ingest works off
// a backlog its followers wait, as they would take the processor time that it needs.

import { readOffset, type Subscription } from '../consumer/offsets.ts';
import { Onlookers } from '../consumer/onlookers.ts';
import type { RecordBatch } from '../consumer/record.ts';
import { CHANGE_CHANNEL, changeOf } from '../db/change.ts';
import { type Listener, listen } from '../db/listen.ts';
import type { Pool } from '../db/pool.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Logger } from '../runtime/log.ts';

const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 1_000;
/** After this the batch is tried anew, so that a consumer that has lost its partition hears of it. */
const LONGEST_WAIT_MS = 30_000;
/** More records than a fetch usually has: ingest is behind, not just at work on the newest. */
const BACKLOG_RECORDS = 5_000;
/** How long a follower waits for an ingest that is behind. */
const TIMEOUTS = {
  /** For each batch, time for a backlog of a million: where more comes than ingest can ever take, followers still advance, slowly. */
  longestMs: 30_000,
  /** Ingest that has notified no commit for so long is not working a backlog off. */
  silentMs: 3_000,
};

/** Ingest, as its followers see it. */
export type Ingest = {
  readonly subscription: Subscription;
  /**
   * Waits until ingest is past an offset, and while it works off a backlog, for half a minute at most.
   * @param batch its partition, and where that ends
   * @param signal ends the waiting: ingest may stop first, and is not waited for then
   * @throws where it takes ingest half a minute to get there, or an AbortError
   */
  reached(batch: Pick<RecordBatch, 'partition' | 'end'>, next: bigint, signal: AbortSignal): Promise<void>;
};

type Waiter = { readonly key: string; readonly next: bigint; readonly wake: () => void };

const keyOf = ({ clusterId, group, topic }: Subscription, partition: number): string =>
  JSON.stringify([clusterId, group, topic, partition]);

export class StoredOffsets {
  readonly #pool: Pool;
  readonly #timeouts: typeof TIMEOUTS;
  readonly #listener: Listener;
  /** The newest that is known, by subscription and partition. */
  readonly #known = new Map<string, bigint>();
  readonly #waiting = new Set<Waiter>();
  /** Where partitions end, by subscription: as ingest tells with each commit, and followers know of their batches. */
  readonly #ends = new Map<string, Map<number, bigint>>();
  readonly onlookers = new Onlookers();

  constructor(pool: Pool, databaseUrl: string, log: Logger, timeouts = TIMEOUTS) {
    this.#pool = pool;
    this.#timeouts = timeouts;
    const forget = () => this.#known.clear();
    this.#listener = listen(databaseUrl, CHANGE_CHANNEL, log, (payload) => this.#hear(payload), forget);
  }

  /** Ingest as the followers of one subscription see it. */
  of(subscription: Subscription): Ingest {
    return {
      subscription,
      reached: async ({ partition, end }, next, signal) => {
        await this.#reached(subscription, partition, next, signal);
        if (end === undefined) return;
        const ends = this.#endsOf(subscription);
        // Ingest may have told of a later one: this batch has waited since it was fetched.
        if (end > (ends.get(partition) ?? -1n)) ends.set(partition, end);
        await this.#standBack(subscription, signal);
      },
    };
  }

  close(): Promise<void> {
    return this.#listener.close();
  }

  async #reached(
    subscription: Subscription,
    partition: number,
    next: bigint,
    signal: AbortSignal,
  ): Promise<void> {
    const key = keyOf(subscription, partition);
    const begun = performance.now();
    const backoff = new Backoff(FIRST_LOOK_MS, LONGEST_LOOK_MS);
    for (let isKnown = this.#known.has(key); !this.#has(key, next); isKnown = false) {
      if (!isKnown) {
        await this.#look(subscription, partition);
        if (this.#has(key, next)) return;
      }
      if (performance.now() - begun > LONGEST_WAIT_MS)
        throw new Error(`partition ${partition}: ingest has not stored offset ${next - 1n} yet`);
      await this.#news(key, next, backoff.next(), signal);
      signal.throwIfAborted();
    }
  }

  async #look(subscription: Subscription, partition: number): Promise<void> {
    const stored = await readOffset(this.#pool, subscription, partition);
    if (stored !== undefined) this.#known.set(keyOf(subscription, partition), stored);
  }

  #endsOf({ clusterId, group, topic }: Subscription): Map<number, bigint> {
    const key = JSON.stringify([clusterId, group, topic]);
    const ends = this.#ends.get(key) ?? new Map<number, bigint>();
    this.#ends.set(key, ends);
    return ends;
  }

  /** Waits while ingest is behind in any partition: those that it is done with would be worked on while it needs the processor. */
  async #standBack(subscription: Subscription, signal: AbortSignal): Promise<void> {
    const { longestMs, silentMs } = this.#timeouts;
    const until = performance.now() + longestMs;
    const seen = new Map<number, bigint | undefined>();
    for (let left = longestMs; left > 0; left = until - performance.now()) {
      const behind = await this.#behind(subscription);
      if (behind === undefined) return;
      const { partition, key, near } = behind;
      const known = this.#known.get(key);
      if (known === seen.get(partition)) {
        // Not at work on it, or the topic was made anew and its end is another: whoever reads it says so.
        this.#endsOf(subscription).delete(partition);
        continue;
      }
      seen.set(partition, known);
      await this.#news(key, near, Math.min(silentMs, left), signal);
      signal.throwIfAborted();
    }
  }

  /** A partition that ingest works off a backlog of, and the offset that it has to reach. */
  async #behind(
    subscription: Subscription,
  ): Promise<{ readonly partition: number; readonly key: string; readonly near: bigint } | undefined> {
    for (const [partition, end] of this.#endsOf(subscription)) {
      const key = keyOf(subscription, partition);
      const near = end - BigInt(BACKLOG_RECORDS);
      if (!this.#known.has(key)) await this.#look(subscription, partition);
      if (!this.#has(key, near)) return { partition, key, near };
    }
    return undefined;
  }

  #has(key: string, next: bigint): boolean {
    return (this.#known.get(key) ?? -1n) >= next;
  }

  /** Waits until the partition is stored to `next`, for `ms` at most. */
  #news(key: string, next: bigint, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(waiting);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      const waiting = { key, next, wake };
      this.#waiting.add(waiting);
      if (signal.aborted) wake();
      else signal.addEventListener('abort', wake);
    });
  }

  #hear(payload: string | undefined): void {
    const change = changeOf(payload);
    if (change === undefined) return;
    if ('pages' in change) this.onlookers.seen();
    if (!('next' in change)) return;
    const { cluster, group, topic, partition, next, end } = change;
    if (cluster === undefined || group === undefined) return;
    const subscription = { clusterId: cluster, group, topic };
    const key = keyOf(subscription, partition);
    this.#known.set(key, BigInt(next));
    if (end !== undefined) this.#endsOf(subscription).set(partition, BigInt(end));
    for (const waiting of this.#waiting) if (this.#has(waiting.key, waiting.next)) waiting.wake();
  }
}
