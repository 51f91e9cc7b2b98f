// Forwards dead letters to the topic <KAFKA_TOPIC>.dead-letter, for other programs: each with its own key and value, and headers that
// say where it was and why it is not an event. The table is the outbox of the topic: a dead letter is committed with the offset first
// and produced afterwards, so nothing is lost when the process dies between the two. A process that dies between Kafka's
// acknowledgement and the mark in the table produces the dead letter again.

import type { Subscription } from '../consumer/offsets.ts';
import { type Client, type Pool, transaction } from '../db/pool.ts';
import { connectProducer, createProducer, type Kafka, type Message, type Producer } from '../kafka/client.ts';
import { isTooLarge, isUnknownTopic, reasonOf } from '../kafka/errors.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Logger } from '../runtime/log.ts';
import { markForwarded, takeUnforwarded, type UnforwardedDeadLetter } from './unforwarded.ts';

const PARTITIONS = 1;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** The transaction is open while Kafka answers: four requests of 15 s, and the pauses between (kafka/client.ts). */
const LONGEST_SEND_MS = 90_000;
/** So many failures in a row are logged as an error, once. */
const TRIES_BEFORE_ERROR = 3;
/** Values of the header `omitted`, which names what was left out of a dead letter that is too large. */
const VALUE = 'value';
const KEY_AND_VALUE = 'key, value';

/** The topic of the dead letters of a topic. */
export const deadLetterTopicOf = (topic: string) => `${topic}.dead-letter`;

export class DeadLetterForwarder {
  readonly #kafka: Kafka;
  readonly #producer: Producer;
  readonly #pool: Pool;
  readonly #subscription: Subscription;
  readonly #topic: string;
  readonly #log: Logger;
  readonly #onForwarded: (deadLetters: number) => void;
  readonly #closing = new AbortController();
  #ready = false;
  #again = false;
  #running: Promise<void> | undefined;
  #failures = 0;

  /** @param onForwarded called with the number of dead letters that Kafka has acknowledged */
  constructor(
    kafka: Kafka,
    pool: Pool,
    subscription: Subscription,
    log: Logger,
    onForwarded: (deadLetters: number) => void = () => {},
  ) {
    this.#kafka = kafka;
    this.#pool = pool;
    this.#subscription = subscription;
    this.#topic = deadLetterTopicOf(subscription.topic);
    this.#log = log;
    this.#onForwarded = onForwarded;
    this.#producer = createProducer(kafka);
  }

  /** Forwards the waiting dead letters in the background; to be called at start and after each commit of dead letters. */
  wake(): void {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again && !this.#closing.signal.aborted) this.wake();
    });
  }

  /** Finishes the current request; the rest waits in the table for the next run. */
  async stop(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    await this.#producer.disconnect().catch(() => {});
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    while (this.#again && !signal.aborted) {
      this.#again = false;
      try {
        if (!this.#ready) await this.#connect();
        while (!signal.aborted && (await this.#forwardSome()) > 0);
        if (this.#failures >= TRIES_BEFORE_ERROR) this.#log.info(`dead letters reach ${this.#topic} again`);
        this.#failures = 0;
        backoff.reset();
      } catch (error) {
        this.#again = true;
        this.#failures += 1;
        if (isUnknownTopic(error)) this.#ready = false;
        const told = this.#failures === TRIES_BEFORE_ERROR ? 'error' : 'debug';
        this.#log[told]({ err: error }, `dead letters wait for ${this.#topic}: ${reasonOf(error)}`);
        await backoff.wait(signal);
      }
    }
  }

  async #connect(): Promise<void> {
    await connectProducer(this.#kafka, this.#producer, this.#topic, PARTITIONS);
    this.#ready = true;
  }

  /** @returns the number of forwarded dead letters */
  async #forwardSome(): Promise<number> {
    const forward = async (client: Client) => {
      const deadLetters = await takeUnforwarded(client, this.#subscription);
      if (deadLetters.length === 0) return 0;
      await this.#send(deadLetters.map((deadLetter) => toMessage(this.#subscription, deadLetter)));
      await markForwarded(client, deadLetters);
      return deadLetters.length;
    };
    const forwarded = await transaction(this.#pool, forward, { longestPauseMs: LONGEST_SEND_MS });
    if (forwarded > 0) this.#onForwarded(forwarded);
    return forwarded;
  }

  /**
   * Sends in halves what Kafka refuses as too large; a single message, which its headers made too large, without its value, then also
   * without its key.
   */
  async #send(messages: readonly Message[]): Promise<void> {
    try {
      await this.#producer.send({ topic: this.#topic, messages: [...messages] });
    } catch (error) {
      const [message] = messages;
      if (!isTooLarge(error) || message === undefined || message.headers?.omitted === KEY_AND_VALUE)
        throw error;
      const half = Math.floor(messages.length / 2);
      if (half > 0) {
        await this.#send(messages.slice(0, half));
        await this.#send(messages.slice(half));
      } else await this.#send([smaller(message)]);
    }
  }
}

function smaller(message: Message): Message {
  if (message.headers?.omitted === undefined)
    return { ...message, value: null, headers: { ...message.headers, omitted: VALUE } };
  return { ...message, key: null, headers: { ...message.headers, omitted: KEY_AND_VALUE } };
}

function toMessage({ topic }: Subscription, deadLetter: UnforwardedDeadLetter): Message {
  const { id, partition, offset, code, reason, key, payload } = deadLetter;
  const headers = { topic, partition: String(partition), offset, code, reason, id: String(id) };
  return { key, value: payload, headers };
}
