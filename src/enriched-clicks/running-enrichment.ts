// The topic `enriched-click-data`: every stored click once more, enriched. Records are produced in the transaction that moves the
// offset, before its commit: a process that dies between Kafka's acknowledgement and the commit produces them again, with the
// same header `order_id`.

import { Consumer } from '../consumer/consumer.ts';
import type { RecordHandler } from '../consumer/handler.ts';
import { loggingObserver } from '../consumer/logging-observer.ts';
import { inOffsetTransaction, passOver, type Subscription } from '../consumer/offsets.ts';
import { AT_ONCE } from '../consumer/pace.ts';
import type { Pool } from '../db/pool.ts';
import type { Countries } from '../enrichment/country.ts';
import { TOLD_OF_EVENT } from '../enrichment/told-devices.ts';
import { connectProducer, createProducer, type Kafka, type Message, type Producer } from '../kafka/client.ts';
import { isUnknownTopic } from '../kafka/errors.ts';
import { PARTITIONS } from '../kafka/publisher.ts';
import type { Logger } from '../runtime/log.ts';
import type { Ingest } from '../tracing/stored-offsets.ts';
import { hasTitle, readStored, storedSql } from '../tracing/stored-records.ts';
import { enrich, type StoredClick } from './enriched-click.ts';

export const ENRICHMENT_GROUP = 'shopstream-enrichment';
const ENRICHED_TOPIC = 'enriched-click-data';

/** The transaction is open while Kafka answers, which may take all of the Kafka client's tries. */
const LONGEST_SEND_MS = 90_000;

const STORED = storedSql(
  'enrichment_stored',
  `replace(order_id::text, '-', '') AS order_id, replace(user_id::text, '-', '') AS user_id, title, product,
  (extract(epoch FROM "time") * 1000)::bigint AS time_ms,
  (extract(epoch FROM coalesce(appended_at, stored_at)) * 1000)::bigint AS appended_ms,
  context, is_robot(context) AS robot, ${TOLD_OF_EVENT} AS told`,
);

type Stored = StoredClick & { readonly title: string };

function enrichmentHandler(
  pool: Pool,
  subscription: Subscription,
  ingest: Ingest,
  send: (messages: Message[]) => Promise<void>,
  countries: Countries,
  signal: AbortSignal,
): RecordHandler<void> {
  return {
    store: async (batch, move) => {
      if (!hasTitle(batch, 'banner_click')) return passOver(pool, subscription, batch.partition, move);
      await ingest.reached(batch, move.next, signal);
      const stored = await readStored<Stored>(pool, subscription.topic, batch, STORED);
      const clicks = stored.filter(({ title }) => title === 'banner_click');
      if (clicks.length === 0) return passOver(pool, subscription, batch.partition, move);
      const produce = async () => {
        const messages = clicks.map((click) => ({
          key: click.user_id,
          value: JSON.stringify(enrich(click, countries)),
          headers: { order_id: click.order_id },
          timestamp: String(click.appended_ms),
        }));
        await send(messages);
      };
      await inOffsetTransaction(pool, subscription, batch.partition, move, produce, {
        longestPauseMs: LONGEST_SEND_MS,
      });
    },
    stored: () => {},
  };
}

export class RunningEnrichment {
  readonly #kafka: Kafka;
  readonly #producer: Producer;
  readonly #consumer: Consumer<void>;
  readonly #closing = new AbortController();

  constructor(kafka: Kafka, pool: Pool, ingest: Ingest, log: Logger, countries: Countries, pace = AT_ONCE) {
    this.#kafka = kafka;
    this.#producer = createProducer(kafka);
    const subscription = { ...ingest.subscription, group: ENRICHMENT_GROUP };
    const handler = enrichmentHandler(
      pool,
      subscription,
      ingest,
      (messages) => this.#send(messages),
      countries,
      this.#closing.signal,
    );
    this.#consumer = new Consumer(kafka, pool, subscription, handler, loggingObserver(log), pace);
  }

  /** @param onCrash called where the Kafka client gives up for good */
  async start(onCrash: (error: Error) => void): Promise<void> {
    await this.#connect();
    await this.#consumer.start(onCrash);
  }

  #connect(): Promise<void> {
    return connectProducer(this.#kafka, this.#producer, ENRICHED_TOPIC, PARTITIONS);
  }

  async #send(messages: Message[]): Promise<void> {
    try {
      await this.#producer.send({ topic: ENRICHED_TOPIC, messages });
    } catch (error) {
      // Somebody has deleted the topic: the next try finds it made anew.
      if (isUnknownTopic(error)) await this.#connect();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    await this.#consumer.stop();
    await this.#producer.disconnect().catch(() => {});
  }
}
