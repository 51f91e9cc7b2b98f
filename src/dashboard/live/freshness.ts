// How old events are when the live panels show them: from Kafka's timestamp to the look, of the last minute.

import type { PanelEvent } from './event.ts';

const MINUTE_MS = 60_000;
/** Samples kept: more would not change the percentiles. */
const MOST = 10_000;

type Sample = { readonly atMs: number; readonly ageMs: number };

export class Freshness {
  #samples: Sample[] = [];

  took(events: readonly PanelEvent[], nowMs: number): void {
    const added = events.map(({ arrivedMs }) => ({ atMs: nowMs, ageMs: Math.max(nowMs - arrivedMs, 0) }));
    this.#samples = [...this.#samples, ...added].slice(-MOST);
  }

  /** Milliseconds; null where nothing came. */
  ofLastMinute(nowMs: number): { readonly p50_ms: number | null; readonly p99_ms: number | null } {
    this.#samples = this.#samples.filter(({ atMs }) => atMs > nowMs - MINUTE_MS);
    const ages = this.#samples.map(({ ageMs }) => ageMs).sort((a, b) => a - b);
    const at = (share: number) => ages[Math.min(Math.floor(ages.length * share), ages.length - 1)] ?? null;
    return { p50_ms: at(0.5), p99_ms: at(0.99) };
  }
}
