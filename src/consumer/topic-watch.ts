// Offsets belong to one topic: a topic that was deleted and created again has new ones. Its id is stored in Postgres beside the offsets,
// and compared with the cluster's after each sign that the topic may be another one, and every 20 s.

import { CHANGE_CHANNEL, storedMessage } from '../db/change.ts';
import { type Pool, transaction } from '../db/pool.ts';
import type { Subscription } from './offsets.ts';

/** From a sign to the check, where nothing is delivered: a recreated topic may have fewer records. */
const LOOK_MS = 1_000;
/** A topic that is recreated between two fetches gives no sign where it has as many records as before. */
const LOOK_EVERY_MS = 20_000;

/** Told of a recreated topic, once its old offsets are deleted, and of a check that failed and will be repeated. */
type Listener = { recreated(): void; failed(error: Error): void };

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

  /** @param topicId reads the id of the topic that has the name now; undefined where there is none, null where the cluster has no ids */
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

  /** Checks at intervals until it is closed. */
  start(): void {
    this.#every = setInterval(() => this.doubt(), LOOK_EVERY_MS);
  }

  /** Notes a sign that the topic may be another one, and checks soon. */
  doubt(): void {
    this.#doubts += 1;
    if (this.#closing.signal.aborted) return;
    this.#soon ??= setTimeout(async () => {
      await this.isRecreated().catch((error: Error) => this.#listener.failed(error));
      this.#soon = undefined;
      if (this.#doubts > this.#settled) this.doubt();
    }, LOOK_MS);
  }

  /**
   * Checks if there was a sign since the last check; to be called before anything is stored.
   * @returns whether this check has found another topic
   * @throws where Kafka or Postgres is away, and an AbortError once the watch is closed: kafkajs retries for as long as its cluster is
   *   away, and stop() must not wait for that
   */
  async isRecreated(): Promise<boolean> {
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
    // The id of the last check is in Postgres already: an idle program need not ask.
    const isKnown = id === null || id === this.#seen;
    const hasForgotten = !isKnown && (await forgetOtherTopic(this.#pool, this.#subscription, id));
    // Another process of the group may have deleted them first.
    const isAnother = hasForgotten || (this.#seen !== undefined && this.#seen !== id);
    this.#seen = id;
    this.#settled = doubts;
    if (isAnother) this.#listener.recreated();
    return isAnother;
  }
}

/**
 * Stores the topic's id, and deletes the group's offsets in all partitions if they belong to another topic. Each process of the group
 * may call it.
 * @param topicId of the topic that has the name now
 * @returns whether this call has deleted them
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

/** The promise's outcome, or an AbortError where the signal is first; leaves no listener on the signal. */
function unlessAborted<T>(given: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
    given.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
