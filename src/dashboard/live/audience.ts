// Readers of the live panels who filter the same events: their windows, how fresh these are, and what the readers have been sent.
// panel-feed.ts decides when they are told.

import { isWanted, type Whose } from '../../events/whose.ts';
import { type Stream, sseMessage } from '../../http/sse.ts';
import { rawRow } from '../panels/raw.ts';
import type { PanelsAnswer, Told } from './answer.ts';
import type { PanelEvent } from './event.ts';
import { type AgesBySource, Freshness } from './freshness.ts';
import { Windows } from './windows.ts';

export class Audience {
  readonly whose: Whose;
  readonly windows: Windows;
  readonly freshness = new Freshness();
  readonly readers = new Set<Stream>();
  /** Ids of raw events that the readers have. */
  #sent: ReadonlySet<string> = new Set();
  /** What the readers were told last of all that is counted. */
  #shown = '';
  #leftAt = performance.now();

  /** @param events of anybody, that the windows hold at `nowMs` */
  constructor(whose: Whose, nowMs: number, events: readonly PanelEvent[]) {
    this.whose = whose;
    this.windows = new Windows(nowMs);
    this.windows.take(events.filter(isWanted(whose)));
  }

  /** Takes events of anybody that were stored since. */
  take(events: readonly PanelEvent[]): void {
    const wanted = events.filter(isWanted(this.whose));
    this.windows.take(wanted);
    this.freshness.took(wanted);
  }

  /** Notes a look by a request that does not stay as a reader. */
  touch(): void {
    this.#leftAt = performance.now();
  }

  leave(reader: Stream): void {
    this.readers.delete(reader);
    this.touch();
  }

  /** Whether nobody has looked for so long, in milliseconds. */
  isLeftFor(ms: number): boolean {
    return this.readers.size === 0 && performance.now() - this.#leftAt > ms;
  }

  /** Tells the readers of the raw events that they have not. */
  tellRaw(): void {
    const { raw } = this.windows;
    const added = raw.filter(({ orderId }) => !this.#sent.has(orderId));
    if (added.length === 0) return;
    this.#sent = new Set(raw.map(({ orderId }) => orderId));
    this.write(sseMessage('raw', { added: added.map(rawRow) }));
  }

  /**
   * Tells of all that is counted, where that has changed.
   * @param readers who were there when it was read: who has come since was told newer counts
   */
  tellCounts({ raw: _, meta, ...panels }: PanelsAnswer, ages: AgesBySource, readers: Iterable<Stream>): void {
    const shown = JSON.stringify([panels, meta.lag]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const told: Told = { ...panels, meta: { ...meta, ages } };
    this.write(sseMessage('changes', told), readers);
  }

  /** Writes a message to those who are there still. */
  write(message: Uint8Array, readers: Iterable<Stream> = this.readers): void {
    for (const reader of readers) if (this.readers.has(reader)) reader.write(message);
  }
}
