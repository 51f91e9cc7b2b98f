// Forwards rows of a table as records of a topic. The table is the outbox: a row is committed with the offsets first
// and produced afterwards. A process that dies between Kafka's acknowledgement and the mark in the table produces that row
// again, with the same key and headers.

import type { Kafka, Message, Producer } from 'kafkajs';
import { type Client, type Pool, transaction } from '../db/pool.ts';
import { createProducer, ensureTopic } from '../kafka/client.ts';
import { isUnknownTopic, reasonOf } from '../kafka/errors.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Logger } from '../runtime/log.ts';

/** The transaction is open while Kafka answers, which may take all of kafkajs's retries. */
const LONGEST_SEND_MS = 90_000;

/** Which rows of a table go to which topic. */
export type Outbox = {
  readonly topic: string;
  readonly partitions: number;
  /** Limit of the rows that take() takes. */
  readonly mostRows: number;
  /** Key of an advisory lock, held by one forwarder from before take() to the commit; left out where take() locks by itself. */
  readonly lock?: number;
  /**
   * Takes some of the waiting rows, in their order, locked against other forwarders.
   * @returns the records, and a function that marks them as forwarded in the same transaction, unless take() has deleted them;
   *   no records where no row waits
   */
  take(client: Client): Promise<{ readonly messages: Message[]; mark?(): Promise<unknown> }>;
};

export class TopicForwarder {
  readonly #kafka: Kafka;
  readonly #pool: Pool;
  readonly #outbox: Outbox;
  readonly #log: Logger;
  readonly #producer: Producer;
  readonly #closing = new AbortController();
  #wake: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(kafka: Kafka, pool: Pool, outbox: Outbox, log: Logger) {
    this.#kafka = kafka;
    this.#pool = pool;
    this.#outbox = outbox;
    this.#log = log;
    this.#producer = createProducer(kafka);
  }

  /** Forwards the waiting rows, then again at each wake(), until stop(). */
  start(): void {
    this.#running = this.#run();
  }

  wake(): void {
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    this.#wake();
    await this.#running;
    await this.#producer.disconnect().catch(() => {});
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(200, 10_000);
    for (let ready = false; !signal.aborted; ) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      try {
        if (!ready) await this.#connect();
        ready = true;
        while (!signal.aborted && (await this.#forwardSome()) === this.#outbox.mostRows);
        backoff.reset();
        if (!signal.aborted) await woken;
      } catch (error) {
        if (isUnknownTopic(error)) ready = false;
        this.#log.debug(`rows wait for the topic ${this.#outbox.topic}: ${reasonOf(error)}`);
        await backoff.wait(signal);
      }
    }
  }

  async #connect(): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    const { topic, partitions } = this.#outbox;
    await ensureTopic(admin, topic, partitions).finally(() => admin.disconnect());
    await this.#producer.connect();
  }

  #forwardSome(): Promise<number> {
    const forward = async (client: Client) => {
      const { messages, mark } = await this.#outbox.take(client);
      if (messages.length === 0) return 0;
      await this.#producer.send({ topic: this.#outbox.topic, messages });
      await mark?.();
      return messages.length;
    };
    const { lock } = this.#outbox;
    return transaction(this.#pool, forward, {
      longestPauseMs: LONGEST_SEND_MS,
      ...(lock === undefined ? {} : { lock }),
    });
  }
}
