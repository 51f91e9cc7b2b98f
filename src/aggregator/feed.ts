// Notifies open pages of changed definitions after commits, a few times a second at most. Pages then fetch the new state.

import type { Request, Response } from 'express';
import type { Feed } from '../db/change-bus.ts';
import { type Stream, type Streams, sseMessage } from '../http/sse.ts';

const NOTIFY_EVERY_MS = 300;

export class AggregatorFeed implements Feed {
  readonly #streams: Streams;
  readonly #readers = new Set<Stream>();
  readonly #changed = new Set<string>();
  #pending: NodeJS.Timeout | undefined;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** Serves GET /api/aggregator/stream. A new page is told that any definition may have changed. */
  open(req: Request, res: Response): void {
    const stream = this.#streams.open(req, res, () => this.#readers.delete(stream));
    this.#readers.add(stream);
    stream.send('changed', { definitions: null });
  }

  /** @param name of the definition that has changed; undefined: any may have */
  aggregated(name: string | undefined): void {
    if (this.#readers.size === 0) return;
    if (name === undefined) {
      this.#notify(null);
      return;
    }
    this.#changed.add(name);
    this.#pending ??= setTimeout(() => this.#notify([...this.#changed]), NOTIFY_EVERY_MS);
  }

  close(): void {
    clearTimeout(this.#pending);
  }

  #notify(definitions: readonly string[] | null): void {
    clearTimeout(this.#pending);
    this.#pending = undefined;
    this.#changed.clear();
    const message = sseMessage('changed', { definitions });
    for (const reader of this.#readers) reader.write(message);
  }
}
