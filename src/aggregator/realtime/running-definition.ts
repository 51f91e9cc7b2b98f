// One definition that runs on its topic: its consumer, the periodic check for due sessions, and the forwarder of its rows.

import { Consumer } from '../../consumer/consumer.ts';
import type { ConsumerObserver } from '../../consumer/handler.ts';
import { loggingObserver } from '../../consumer/logging-observer.ts';
import type { Subscription } from '../../consumer/offsets.ts';
import { TopicForwarder } from '../../consumer/topic-forwarder.ts';
import { type Pool, transaction } from '../../db/pool.ts';
import { ensureTopic, type Kafka } from '../../kafka/client.ts';
import { reasonOf } from '../../kafka/errors.ts';
import { PARTITIONS } from '../../kafka/publisher.ts';
import type { Logger } from '../../runtime/log.ts';
import { groupOf } from '../store/definitions.ts';
import { isAnyDue } from '../store/sessions.ts';
import type { FailureNote } from './failure-note.ts';
import { resultOutbox } from './forwarder.ts';
import { aggregateHandler } from './handler.ts';
import { DefinitionDeletedError, LiveSessions } from './live-sessions.ts';
import type { Change } from './transacted.ts';

/** Due sessions that are flushed in one transaction. */
const MOST_DUE = 5_000;

/** Adds to an observer that it notes failures, and tells of a definition that was deleted. */
function noting(
  observer: ConsumerObserver,
  failure: FailureNote,
  onDeleted: (error: DefinitionDeletedError) => void,
): ConsumerObserver {
  return {
    ...observer,
    failed: (error, isFirst) => {
      observer.failed(error, isFirst);
      if (error instanceof DefinitionDeletedError) onDeleted(error);
      if (!(error instanceof Error && error.name === 'AbortError')) failure.note(reasonOf(error));
    },
    recovered: () => {
      observer.recovered();
      failure.note(undefined);
    },
  };
}

export class RunningDefinition {
  readonly #consumer: Consumer<Change>;
  readonly #forwarder: TopicForwarder;
  readonly #sessions: LiveSessions;
  readonly #pool: Pool;
  readonly #kafka: Kafka;
  readonly #name: string;
  readonly #topic: string;
  readonly #log: Logger;
  readonly #checkMs: number;
  readonly #failure: FailureNote;
  readonly #onChange: (change: Change) => void;
  #onCrash: (error: Error) => void = () => {};
  #checking: NodeJS.Timeout | undefined;
  #check: Promise<void> = Promise.resolve();
  #hasCheckFailed = false;

  /**
   * @param checkMs milliseconds between checks for due sessions
   * @param failure stores why it does not run
   * @param onChange called after each commit
   */
  constructor(
    kafka: Kafka,
    pool: Pool,
    clusterId: string,
    { name, topic, checkMs }: { readonly name: string; readonly topic: string; readonly checkMs: number },
    log: Logger,
    failure: FailureNote,
    onChange: (change: Change) => void = () => {},
  ) {
    const subscription: Subscription = { clusterId, group: groupOf(name), topic };
    this.#kafka = kafka;
    this.#pool = pool;
    this.#name = name;
    this.#topic = topic;
    this.#log = log.child({ definition: name });
    this.#checkMs = checkMs;
    this.#sessions = new LiveSessions(name, pool);
    this.#forwarder = new TopicForwarder(kafka, pool, resultOutbox(name), this.#log);
    this.#onChange = (change) => {
      if (change.flushed > 0) this.#forwarder.wake();
      onChange(change);
    };
    const handler = aggregateHandler(pool, subscription, this.#sessions, this.#onChange);
    this.#failure = failure;
    this.#consumer = new Consumer(
      kafka,
      pool,
      subscription,
      handler,
      noting(loggingObserver(this.#log), this.#failure, (error) => this.#onCrash(error)),
    );
  }

  /**
   * Joins the consumer group, and makes the topic where there is none.
   * @param onCrash called where the Kafka client gives up for good, or the definition was deleted
   * @throws kafkajs's error where Kafka can't be reached; stop() must be called also then
   */
  async start(onCrash: (error: Error) => void): Promise<void> {
    this.#onCrash = onCrash;
    const admin = this.#kafka.admin();
    await admin.connect();
    await ensureTopic(admin, this.#topic, PARTITIONS).finally(() => admin.disconnect());
    this.#forwarder.start();
    // Before the first record, so that a failure of that one is noted later.
    this.#failure.note(undefined);
    await this.#consumer.start(onCrash);
    this.#checkSoon();
  }

  /** Finishes the batch and the check in hand, and leaves the group. */
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
        .then(
          () => {
            // Records may still fail: only a failed check is taken back here.
            if (this.#hasCheckFailed) this.#failure.note(undefined);
            this.#hasCheckFailed = false;
          },
          (error) => {
            this.#hasCheckFailed = true;
            if (error instanceof DefinitionDeletedError) this.#onCrash(error);
            this.#log.warn({ err: error }, 'could not check what is due; trying again');
            this.#failure.note(reasonOf(error));
          },
        )
        .finally(() => this.#checkSoon());
    }, this.#checkMs);
  }

  async #checkNow(): Promise<void> {
    const now = Date.now();
    // Even an empty change would make other processes and open pages read all sessions again.
    const isDue = await isAnyDue(this.#pool, this.#name, now);
    if (isDue === undefined) throw new DefinitionDeletedError(this.#name);
    for (let all = !isDue; !all; ) {
      const change = await this.#sessions.change(
        (work) => transaction(this.#pool, work),
        async (transacted) => {
          all = await transacted.flushDue(now, MOST_DUE);
        },
      );
      this.#onChange(change);
    }
  }
}
