// The offsets committed to Kafka, which only lag tools read: a commit every few seconds is enough, and storing never waits for one.

import { setTimeout as sleep } from 'node:timers/promises';

/** auto.commit.interval.ms of Kafka's own clients. */
const COMMIT_EVERY_MS = 5_000;
/** Limit of the last commit, as kafkajs retries for as long as Kafka is away. */
const LAST_COMMIT_MS = 1_000;

type TopicOffset = { readonly topic: string; readonly partition: number; readonly offset: string };

export class KafkaCommits {
  readonly #topic: string;
  readonly #commit: (offsets: TopicOffset[]) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #next = new Map<number, bigint>();
  #timer: NodeJS.Timeout | undefined;

  /** @param failed called with the error of a commit; its offsets are not committed again */
  constructor(
    topic: string,
    commit: (offsets: TopicOffset[]) => Promise<void>,
    failed: (error: unknown) => void,
  ) {
    this.#topic = topic;
    this.#commit = commit;
    this.#failed = failed;
  }

  /** Commits an offset within five seconds. @param next the offset after the last record that was stored */
  soon(partition: number, next: bigint): void {
    this.#next.set(partition, next);
    this.#timer ??= setTimeout(() => void this.#now(), COMMIT_EVERY_MS);
  }

  /** Commits the rest, waiting a second at most. */
  async last(): Promise<void> {
    await Promise.race([this.#now(), sleep(LAST_COMMIT_MS, undefined, { ref: false })]);
  }

  /** Drops the rest. */
  close(): void {
    clearTimeout(this.#timer);
  }

  async #now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const offsets = [...this.#next].map(([partition, next]) => ({
      topic: this.#topic,
      partition,
      offset: next.toString(),
    }));
    this.#next.clear();
    if (offsets.length > 0) await this.#commit(offsets).catch(this.#failed);
  }
}
