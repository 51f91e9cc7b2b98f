// Offsets are those of one topic: another of the same name, made after the first was deleted, begins anew. Which one it was when they
// were stored, Postgres knows beside them; which one it is, is asked after each sign that it may be another, and in a while.

import { CHANGE_CHANNEL, storedMessage } from '../db/change.ts';
import { type Pool, transaction } from '../db/pool.ts';
import type { Subscription } from './offsets.ts';

/** Between a sign and the look, where nothing is delivered: a topic that was made anew may have fewer records. */
const LOOK_MS = 1_000;
/** A topic that is deleted and made anew between two fetches gives no sign, where it has as many records as before. */
const LOOK_EVERY_MS = 20_000;

/** Told of a topic that was made anew, once its old offsets are forgotten; and of a look that failed and is repeated. */
type Listener = { anew(): void; failed(error: Error): void };

export class TopicWatch {
  readonly #pool: Pool;
  readonly #subscription: Subscription;
  readonly #topicId: () => Promise<string | undefined | null>;
  readonly #listener: Listener;
  #doubts = 1;
  #settled = 0;
  #seen: string | null | undefined;
  #looking: Promise<boolean> | undefined;
  #soon: NodeJS.Timeout | undefined;
  #every: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();

  /** @param topicId of the topic that has the name now; undefined where there is none, null where the cluster has no ids */
  constructor(
    pool: Pool,
    subscription: Subscription,
    topicId: () => Promise<string | undefined | null>,
    listener: Listener,
  ) {
    this.#pool = pool;
    this.#subscription = subscription;
    this.#topicId = topicId;
    this.#listener = listener;
  }

  /** Looks in a while, again and again until it is closed, whether there is a sign or none. */
  start(): void {
    this.#every = setInterval(() => this.doubt(), LOOK_EVERY_MS);
  }

  /** There is a sign that the topic is another one. */
  doubt(): void {
    this.#doubts += 1;
    if (this.#closing.signal.aborted) return;
    this.#soon ??= setTimeout(async () => {
      await this.isAnew().catch((error: Error) => this.#listener.failed(error));
      this.#soon = undefined;
      if (this.#doubts > this.#settled) this.doubt();
    }, LOOK_MS);
  }

  /**
   * To be asked before anything is stored.
   * @returns whether the topic was found to be another one, just now
   * @throws where Kafka or Postgres is away, or an AbortError once it is closed: kafkajs looks for its cluster for as long as that is
   *   away, and whoever stops would wait with it
   */
  async isAnew(): Promise<boolean> {
    if (this.#doubts === this.#settled) return false;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#soon);
    clearInterval(this.#every);
  }

  async #look(): Promise<boolean> {
    const doubts = this.#doubts;
    const id = await unlessAborted(this.#topicId(), this.#closing.signal);
    if (id === undefined) return false;
    // Where it is the one of the last look, Postgres knows it, and an idle program needs not ask.
    const isKnown = id === null || id === this.#seen;
    const hasForgotten = !isKnown && (await forgetOtherTopic(this.#pool, this.#subscription, id));
    // Another process of the group may have forgotten them first.
    const isAnother = hasForgotten || (this.#seen !== undefined && this.#seen !== id);
    this.#seen = id;
    this.#settled = doubts;
    if (isAnother) this.#listener.anew();
    return isAnother;
  }
}

/**
 * Forgets the offsets of a group in all partitions where they are those of another topic; every process of the group may ask.
 * @param topicId of the topic that has the name now
 * @returns whether they were forgotten, now
 */
async function forgetOtherTopic(
  pool: Pool,
  { clusterId, group, topic }: Subscription,
  topicId: string,
): Promise<boolean> {
  const whose = [clusterId, group, topic];
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ before: string | null }>(
      `INSERT INTO consumer_topics AS known VALUES ($1, $2, $3, $4)
       ON CONFLICT (cluster_id, consumer_group, topic) DO UPDATE SET topic_id = excluded.topic_id
       WHERE known.topic_id <> excluded.topic_id
       RETURNING (SELECT topic_id FROM consumer_topics WHERE (cluster_id, consumer_group, topic) = ($1, $2, $3)) AS before`,
      [...whose, topicId],
    );
    if (rows[0]?.before == null) return false;
    const { rows: forgotten } = await client.query<{ partition: number }>(
      `DELETE FROM consumer_offsets WHERE (cluster_id, consumer_group, topic) = ($1, $2, $3) RETURNING "partition"`,
      whose,
    );
    for (const { partition } of forgotten)
      await client.query('SELECT pg_notify($1, $2)', [
        CHANGE_CHANNEL,
        storedMessage({ topic, cluster: clusterId, group, partition, next: '0' }),
      ]);
    return true;
  });
}

/** What a promise gives, or an AbortError where the signal comes first; the signal keeps nothing of it afterwards. */
function unlessAborted<T>(given: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
    given.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
