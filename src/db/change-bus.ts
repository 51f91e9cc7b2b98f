// Passes Postgres's notifications of commits to every feed of this process, from one listening connection.

import type { Logger } from '../runtime/log.ts';
import { CHANGE_CHANNEL, type Change, changeOf, type Stored } from './change.ts';
import { type Listener, listen } from './listen.ts';

/** Pushes changes to open pages. Methods that are left out hear nothing. */
export type Feed = {
  /** Events were stored; undefined: some may have been, while the connection was lost. */
  stored?(change: Stored | undefined): void;
  /** A definition of the aggregator has changed; undefined: some may have, while the connection was lost. */
  aggregated?(definition: string | undefined): void;
  /** Faults have begun or ended, or may have while the connection was lost. */
  faults?(): void;
};

/** Must be closed, also where it was never started. */
export class ChangeBus {
  readonly #feeds = new Set<Feed>();
  #listener: Listener | undefined;

  /** Adds feeds, which are called in the order in which they were added. */
  add(...feeds: readonly Feed[]): void {
    for (const feed of feeds) this.#feeds.add(feed);
  }

  /** Listens to Postgres until close(). @param askEveryMs as in listen() */
  start(databaseUrl: string, log: Logger, askEveryMs?: number): void {
    const onPayload = (payload: string | undefined) => this.#tell(changeOf(payload));
    this.#listener = listen(databaseUrl, CHANGE_CHANNEL, log, onPayload, () => this.#missed(), askEveryMs);
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  #tell(change: Change | undefined): void {
    if (change === undefined) return;
    for (const feed of this.#feeds) {
      if ('aggregated' in change) feed.aggregated?.(change.aggregated);
      else if ('faults' in change) feed.faults?.();
      else if ('next' in change) feed.stored?.(change);
    }
  }

  /** Notifications between two connections are lost, so every feed assumes a change. */
  #missed(): void {
    for (const feed of this.#feeds) {
      feed.stored?.(undefined);
      feed.aggregated?.(undefined);
      feed.faults?.();
    }
  }
}
