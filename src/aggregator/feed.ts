// Tells open pages which definitions have changed: after a commit, a few times a second at most. What is new they ask for.

import type { Request, Response } from 'express';
import { frame, type Stream, type Streams } from '../http/sse.ts';
import { aggregatedIn } from './store/news.ts';

const TELL_EVERY_MS = 300;

export class AggregatorFeed {
  readonly #streams: Streams;
  readonly #readers = new Set<Stream>();
  readonly #changed = new Set<string>();
  #pending: NodeJS.Timeout | undefined;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** Answers GET /api/aggregator/stream. */
  open(req: Request, res: Response): void {
    const stream = this.#streams.open(req, res, () => this.#readers.delete(stream));
    this.#readers.add(stream);
    stream.send('changed', { definitions: null });
  }

  /** @returns whether the notification was of a definition */
  hear(payload: string | undefined): boolean {
    const name = aggregatedIn(payload);
    if (name === undefined) return false;
    if (this.#readers.size === 0) return true;
    this.#changed.add(name);
    this.#pending ??= setTimeout(() => this.#tell([...this.#changed]), TELL_EVERY_MS);
    return true;
  }

  /** Something may have happened unheard. */
  changed(): void {
    if (this.#readers.size > 0) this.#tell(null);
  }

  close(): void {
    clearTimeout(this.#pending);
  }

  #tell(definitions: readonly string[] | null): void {
    clearTimeout(this.#pending);
    this.#pending = undefined;
    this.#changed.clear();
    const message = frame('changed', { definitions });
    for (const reader of this.#readers) reader.write(message);
  }
}
