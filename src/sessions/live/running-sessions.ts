// Runs live sessions: the consumer, the timer that closes sessions, and the forwarder of revisions.

import { Consumer } from '../../consumer/consumer.ts';
import { loggingObserver } from '../../consumer/logging-observer.ts';
import type { Subscription } from '../../consumer/offsets.ts';
import { AT_ONCE } from '../../consumer/pace.ts';
import { TopicForwarder } from '../../consumer/topic-forwarder.ts';
import { levelOf } from '../../db/errors.ts';
import { type Client, type Pool, transaction } from '../../db/pool.ts';
import type { Kafka } from '../../kafka/client.ts';
import type { Logger } from '../../runtime/log.ts';
import { Soon } from '../../runtime/soon.ts';
import type { Ingest } from '../../tracing/stored-offsets.ts';
import { close, GAP_MS } from './core/step.ts';
import { sessionsHandler } from './handler.ts';
import { revisionOutbox } from './outbox.ts';
import {
  firstOpenEnd,
  readClosedUntil,
  readOver,
  SESSIONS_LOCK,
  writeChanges,
  writeClosedUntil,
} from './store.ts';

/** Shortest and longest interval at which sessions are closed; other processes may open some that end before ours. */
const LOOK_MS = 5_000;
const SELDOM_MS = 30_000;
const MOST_CLOSED = 5_000;
/** Sessions that were closed further ahead of the clock than this are open again: the clock was set back. */
const CLOCKS_DIFFER_MS = 60_000;
/** Revisions of two seconds are forwarded together: a transaction and a request to Kafka for each event would cost as much as the event. */
const FORWARD_MS = 2_000;
/** Revisions that one fetch brings from several partitions are stored within this time, and forwarded together. */
const GATHER_MS = 250;

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
  readonly #forwardSoon = new Soon(FORWARD_MS, () => this.#forwarder.wake(), GATHER_MS);
  readonly #consumer: Consumer<number>;
  readonly #closing = new AbortController();
  #looking: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();
  /** All sessions whose gap had passed at this time are closed, in milliseconds since 1970; undefined where the next look finds out. */
  #closedUntil: number | undefined;

  constructor(kafka: Kafka, pool: Pool, ingest: Ingest, log: Logger, pace = AT_ONCE) {
    this.#pool = pool;
    this.#log = log;
    this.#forwarder = new TopicForwarder(kafka, pool, revisionOutbox, log);
    const subscription = sessionsSubscription(ingest.subscription);
    const handler = sessionsHandler(pool, subscription, ingest, this.#closing.signal, () =>
      this.#forwardSoon.call(),
    );
    this.#consumer = new Consumer(kafka, pool, subscription, handler, loggingObserver(log), pace);
  }

  /** @param onCrash called where the Kafka client stops for good */
  async start(onCrash: (error: Error) => void): Promise<void> {
    this.#forwarder.start();
    await this.#consumer.start(onCrash);
    this.#lookIn(LOOK_MS);
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#looking);
    await this.#look;
    clearTimeout(this.#looking);
    await this.#consumer.stop();
    this.#forwardSoon.close();
    await this.#forwarder.stop();
  }

  #lookIn(ms: number): void {
    this.#looking = setTimeout(() => {
      this.#look = this.#lookNow()
        .catch((error): number => {
          this.#log[levelOf(error)]({ err: error }, 'could not close sessions; trying again');
          return LOOK_MS;
        })
        .then((wait) => this.#lookIn(wait));
    }, ms);
  }

  /** @returns in how many milliseconds to look again */
  async #lookNow(): Promise<number> {
    const now = Date.now();
    if (this.#closedUntil !== undefined && !isAheadOf(now, this.#closedUntil)) {
      const first = await firstOpenEnd(this.#pool, this.#closedUntil);
      const soonest = first === undefined ? SELDOM_MS : first + GAP_MS - now;
      if (soonest > 0) return Math.min(Math.max(soonest, LOOK_MS), SELDOM_MS);
    }
    const { closed, untilMs } = await closeOver(this.#pool, now);
    // Where some were closed, more will be soon: the next look closes without asking first.
    this.#closedUntil = closed > 0 ? undefined : untilMs;
    if (closed > 0) this.#forwardSoon.call();
    return LOOK_MS;
  }
}

const isAheadOf = (nowMs: number, closedUntilMs: number): boolean => closedUntilMs > nowMs + CLOCKS_DIFFER_MS;

/**
 * Closes the sessions whose gap has passed at `nowMs`.
 * @returns how many, and until when all are closed, in milliseconds
 */
export async function closeOver(
  pool: Pool,
  nowMs: number,
): Promise<{ readonly closed: number; readonly untilMs: number }> {
  const closeSome = async (client: Client) => {
    const before = await readClosedUntil(client);
    const since = isAheadOf(nowMs, before) ? nowMs : before;
    const over = await readOver(client, since, nowMs, MOST_CLOSED);
    await writeChanges(
      client,
      over.map((session) => ({
        userId: session.userId,
        robot: session.robot,
        simulated: session.simulated,
        ...close(session),
      })),
    );
    const last = over.length < MOST_CLOSED ? nowMs : (over.at(-1)?.endedMs ?? 0) + GAP_MS;
    const untilMs = Math.max(since, last);
    if (untilMs !== before) await writeClosedUntil(client, untilMs);
    return { closed: over.length, untilMs };
  };
  const some = await transaction(pool, closeSome, { lock: SESSIONS_LOCK });
  if (some.closed < MOST_CLOSED) return some;
  const rest = await closeOver(pool, nowMs);
  return { ...rest, closed: some.closed + rest.closed };
}
