// Runs live sessions: the consumer, the timer that closes sessions, and the forwarder of revisions.

import { Consumer } from '../../consumer/consumer.ts';
import { loggingObserver } from '../../consumer/logging-observer.ts';
import type { Subscription } from '../../consumer/offsets.ts';
import { TopicForwarder } from '../../consumer/topic-forwarder.ts';
import { levelOf } from '../../db/errors.ts';
import { type Pool, transaction } from '../../db/pool.ts';
import type { Kafka } from '../../kafka/client.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Ingest } from '../../tracing/stored-offsets.ts';
import { close } from './core/step.ts';
import { sessionsHandler } from './handler.ts';
import { revisionOutbox } from './outbox.ts';
import { isAnyOver, lockSessions, readOver, writeChanges } from './store.ts';

const LOOK_MS = 5_000;
const MOST_CLOSED = 5_000;

export const SESSIONS_GROUP = 'shopstream-sessions';

/** The subscription of sessions to ingest's topic. */
export const sessionsSubscription = (ingest: Subscription): Subscription => ({
  ...ingest,
  group: SESSIONS_GROUP,
});

export class RunningSessions {
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #forwarder: TopicForwarder;
  readonly #consumer: Consumer<number>;
  readonly #closing = new AbortController();
  #looking: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();

  constructor(kafka: Kafka, pool: Pool, ingest: Ingest, log: Logger) {
    this.#pool = pool;
    this.#log = log;
    this.#forwarder = new TopicForwarder(kafka, pool, revisionOutbox, log);
    const subscription = sessionsSubscription(ingest.subscription);
    const handler = sessionsHandler(pool, subscription, ingest, this.#closing.signal, () =>
      this.#forwarder.wake(),
    );
    this.#consumer = new Consumer(kafka, pool, subscription, handler, loggingObserver(log));
  }

  /** @param onCrash called where kafkajs stops for good */
  async start(onCrash: (error: Error) => void): Promise<void> {
    this.#forwarder.start();
    await this.#consumer.start(onCrash);
    this.#lookSoon();
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#looking);
    await this.#look;
    clearTimeout(this.#looking);
    await this.#consumer.stop();
    await this.#forwarder.stop();
  }

  #lookSoon(): void {
    this.#looking = setTimeout(() => {
      this.#look = this.#lookNow()
        .catch((error) => this.#log[levelOf(error)]({ err: error }, 'could not close sessions; trying again'))
        .finally(() => this.#lookSoon());
    }, LOOK_MS);
  }

  async #lookNow(): Promise<void> {
    const now = Date.now();
    if (!(await isAnyOver(this.#pool, now))) return;
    if ((await closeOver(this.#pool, now)) > 0) this.#forwarder.wake();
  }
}

/** Closes the sessions whose gap has passed at `nowMs`. @returns how many */
export async function closeOver(pool: Pool, nowMs: number): Promise<number> {
  let closed = 0;
  for (let count = MOST_CLOSED; count === MOST_CLOSED; closed += count) {
    count = await transaction(pool, async (client) => {
      await lockSessions(client);
      const over = await readOver(client, nowMs, MOST_CLOSED);
      await writeChanges(
        client,
        over.map((session) => ({
          userId: session.userId,
          robot: session.robot,
          simulated: session.simulated,
          ...close(session),
        })),
      );
      return over.length;
    });
  }
  return closed;
}
