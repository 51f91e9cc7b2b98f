// One definition at work on its topic: consumer, the check for what is due, and the forwarder of its results.

import type { Kafka } from 'kafkajs';
import { Consumer } from '../../consumer/consumer.ts';
import { loggingObserver } from '../../consumer/logging-observer.ts';
import type { Subscription } from '../../consumer/offsets.ts';
import { TopicForwarder } from '../../consumer/topic-forwarder.ts';
import { type Pool, transaction } from '../../db/pool.ts';
import { ensureTopic } from '../../kafka/client.ts';
import { PARTITIONS } from '../../kafka/publisher.ts';
import type { Logger } from '../../runtime/log.ts';
import { deleteExpired } from '../store/sessions.ts';
import { resultOutbox } from './forwarder.ts';
import { aggregateHandler } from './handler.ts';
import { type Change, LiveSessions } from './live-sessions.ts';

const MOST_DUE = 5_000;

/** The consumer group of a definition: processes of one definition share its partitions. */
export const groupOf = (definition: string): string => `shopstream-aggregator-${definition}`;

export class RunningDefinition {
  readonly #consumer: Consumer<Change>;
  readonly #forwarder: TopicForwarder;
  readonly #sessions: LiveSessions;
  readonly #pool: Pool;
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #log: Logger;
  readonly #checkMs: number;
  #checking: NodeJS.Timeout | undefined;
  #check: Promise<void> = Promise.resolve();

  constructor(
    kafka: Kafka,
    pool: Pool,
    clusterId: string,
    { name, topic, checkMs }: { readonly name: string; readonly topic: string; readonly checkMs: number },
    log: Logger,
  ) {
    const subscription: Subscription = { clusterId, group: groupOf(name), topic };
    this.#kafka = kafka;
    this.#pool = pool;
    this.#topic = topic;
    this.#log = log.child({ definition: name });
    this.#checkMs = checkMs;
    this.#sessions = new LiveSessions(name);
    this.#forwarder = new TopicForwarder(kafka, pool, resultOutbox(name), this.#log);
    const handler = aggregateHandler(pool, subscription, this.#sessions, () => this.#forwarder.wake());
    this.#consumer = new Consumer(kafka, pool, subscription, handler, loggingObserver(this.#log));
  }

  /** @param onCrash called where kafkajs gives up for good */
  async start(onCrash: (error: Error) => void): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    await ensureTopic(admin, this.#topic, PARTITIONS).finally(() => admin.disconnect());
    this.#forwarder.start();
    await this.#consumer.start(onCrash);
    this.#checkSoon();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#checking);
    await this.#check;
    clearTimeout(this.#checking);
    await this.#consumer.stop();
    await this.#forwarder.stop();
  }

  #checkSoon(): void {
    this.#checking = setTimeout(() => {
      this.#check = this.#checkNow()
        .catch((error) => this.#log.warn({ err: error }, 'could not check what is due; trying again'))
        .finally(() => this.#checkSoon());
    }, this.#checkMs);
  }

  async #checkNow(): Promise<void> {
    const now = Date.now();
    await deleteExpired(this.#pool, now);
    for (let all = false; !all; ) {
      const { flushed } = await this.#sessions.change(
        (work) => transaction(this.#pool, work),
        async (transacted) => {
          all = await transacted.flushDue(now, MOST_DUE);
        },
      );
      if (flushed > 0) this.#forwarder.wake();
    }
  }
}
