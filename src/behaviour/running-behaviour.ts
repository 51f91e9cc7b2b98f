// Behaviour detection at work: the consumer, the forwarder of offers to their topic, and the job that packs the log.

import { Consumer } from '../consumer/consumer.ts';
import { loggingObserver } from '../consumer/logging-observer.ts';
import { AT_ONCE } from '../consumer/pace.ts';
import { type Outbox, TopicForwarder } from '../consumer/topic-forwarder.ts';
import { levelOf } from '../db/errors.ts';
import type { Pool } from '../db/pool.ts';
import type { Kafka } from '../kafka/client.ts';
import type { Logger } from '../runtime/log.ts';
import type { Ingest } from '../tracing/stored-offsets.ts';
import { behaviourHandler } from './handler.ts';
import { packLog } from './log.ts';

export const BEHAVIOUR_GROUP = 'shopstream-behaviour';
const OFFERS_TOPIC = 'offers';

const PARTITIONS = 1;
const MOST_ROWS = 500;
/** The advisory lock of the process that forwards. */
const LOCK_KEY = 0x5515;
const PACK_EVERY_MS = 60_000;

type Row = { readonly seq: number; readonly user_id: string; readonly body: string };

/** Offers that no other program has yet: keyed by their visitor, with the click that made them. */
const offerOutbox: Outbox = {
  topic: OFFERS_TOPIC,
  partitions: PARTITIONS,
  mostRows: MOST_ROWS,
  lock: LOCK_KEY,
  take: async (client) => {
    const { rows } = await client.query<Row>(
      `SELECT seq, replace(user_id::text, '-', '') AS user_id,
         json_build_object('offer_id', replace(id::text, '-', ''), 'user_id', replace(user_id::text, '-', ''),
           'offer', offer, 'made_at', to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text AS body
       FROM offers WHERE forwarded_at IS NULL ORDER BY seq LIMIT $1`,
      [MOST_ROWS],
    );
    return {
      messages: rows.map(({ user_id, body }) => ({ key: user_id, value: body })),
      mark: () =>
        client.query('UPDATE offers SET forwarded_at = clock_timestamp() WHERE seq = ANY($1)', [
          rows.map(({ seq }) => seq),
        ]),
    };
  },
};

export class RunningBehaviour {
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #forwarder: TopicForwarder;
  readonly #consumer: Consumer<number>;
  readonly #closing = new AbortController();
  #packSoon: NodeJS.Timeout | undefined;
  #packing: Promise<void> = Promise.resolve();

  constructor(kafka: Kafka, pool: Pool, ingest: Ingest, log: Logger, pace = AT_ONCE) {
    this.#pool = pool;
    this.#log = log;
    this.#forwarder = new TopicForwarder(kafka, pool, offerOutbox, log);
    const subscription = { ...ingest.subscription, group: BEHAVIOUR_GROUP };
    const handler = behaviourHandler(pool, subscription, ingest, this.#closing.signal, () =>
      this.#forwarder.wake(),
    );
    this.#consumer = new Consumer(kafka, pool, subscription, handler, loggingObserver(log), pace);
  }

  /** @param onCrash called where the Kafka client gives up for good */
  async start(onCrash: (error: Error) => void): Promise<void> {
    this.#forwarder.start();
    await this.#consumer.start(onCrash);
    this.#pack();
    this.#packSoon = setInterval(() => this.#pack(), PACK_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#packSoon);
    await this.#packing;
    await this.#consumer.stop();
    await this.#forwarder.stop();
  }

  #pack(): void {
    this.#packing = this.#packing
      .then(() => packLog(this.#pool, this.#closing.signal))
      .catch((error) => this.#log[levelOf(error)]({ err: error }, 'could not pack the log of moves'));
  }
}
