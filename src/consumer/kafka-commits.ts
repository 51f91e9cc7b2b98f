// Kafka's own committed offsets, which only lag tools read: one commit in a while is plenty, and none is worth waiting for.

import { setTimeout as sleep } from 'node:timers/promises';

/** As Kafka's own clients do. */
const COMMIT_EVERY_MS = 5_000;
/** At the end; kafkajs tries for as long as Kafka is away. */
const LAST_COMMIT_MS = 1_000;

type TopicOffset = { readonly topic: string; readonly partition: number; readonly offset: string };

export class KafkaCommits {
  readonly #topic: string;
  readonly #commit: (offsets: TopicOffset[]) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #next = new Map<number, bigint>();
  #timer: NodeJS.Timeout | undefined;

  /** @param failed called with why a commit was not made */
  constructor(
    topic: string,
    commit: (offsets: TopicOffset[]) => Promise<void>,
    failed: (error: unknown) => void,
  ) {
    this.#topic = topic;
    this.#commit = commit;
    this.#failed = failed;
  }

  /** @param next the offset behind the last record that was stored */
  soon(partition: number, next: bigint): void {
    this.#next.set(partition, next);
    this.#timer ??= setTimeout(() => void this.#now(), COMMIT_EVERY_MS);
  }

  /** Commits what is left, for a second at most. */
  async last(): Promise<void> {
    await Promise.race([this.#now(), sleep(LAST_COMMIT_MS, undefined, { ref: false })]);
  }

  /** Forgets what is left. */
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
