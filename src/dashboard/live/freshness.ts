// How old events are when the live panels tell of them: from Kafka's timestamp to the message that counts them, for what each panel is
// made of. What is counted by a follower of ingest waits here until the follower is past it. Pages add what passes until they have
// painted (public/js/panels/ages.js).

import type { PanelEvent } from './event.ts';

/** What panels are made of: all events, clicks, live sessions, and moves of the state machine. */
export const SOURCES = ['events', 'clicks', 'sessions', 'moves'] as const;
export type Source = (typeof SOURCES)[number];

/** The next offset of each partition, of those who follow ingest; a partition that is missing was never read. */
export type Reached = Readonly<Record<'sessions' | 'moves', ReadonlyMap<number, bigint>>>;

/** Ages in milliseconds of the events that a message is the first to count, the youngest first, thinned out; `n`: how many there are. */
export type Ages = { readonly n: number; readonly ages: readonly number[] };
export type AgesBySource = Readonly<Partial<Record<Source, Ages>>>;

/** Milliseconds; null where nothing came. */
export type Percentiles = { readonly p50_ms: number | null; readonly p99_ms: number | null };

const MINUTE_MS = 60_000;
/** How long percentiles are kept before they are computed anew. */
const RECKONED_MS = 1_000;
/** Samples kept: more would not change the percentiles. */
const MOST = 10_000;
/** Ages in a message. */
const MOST_TOLD = 20;

type Sample = { readonly atMs: number; readonly ageMs: number };

const isClick = ({ title }: PanelEvent): boolean => title === 'banner_click';

export class Freshness {
  readonly #samples = new Map<Source, Sample[]>(SOURCES.map((source) => [source, []]));
  #reckoned: { readonly atMs: number; readonly percentiles: ReadonlyMap<Source, Percentiles> } = {
    atMs: Number.NEGATIVE_INFINITY,
    percentiles: new Map(),
  };
  #new: PanelEvent[] = [];
  readonly #waiting: Record<keyof Reached, PanelEvent[]> = { sessions: [], moves: [] };

  /** Takes events that the windows have taken. */
  took(events: readonly PanelEvent[]): void {
    this.#new = keepSome([...this.#new, ...events]);
    this.#waiting.sessions = keepSome([...this.#waiting.sessions, ...events]);
    this.#waiting.moves = keepSome([...this.#waiting.moves, ...events.filter(isClick)]);
  }

  /** Forgets what was taken while there was no reader: its age would only be how long nobody looked. */
  forget(): void {
    this.#new = [];
    this.#waiting.sessions = [];
    this.#waiting.moves = [];
  }

  /** Whether events wait for the followers of ingest. */
  get waits(): boolean {
    return this.#waiting.sessions.length + this.#waiting.moves.length > 0;
  }

  /**
   * Called when the readers are told: the ages of the events that this message counts first.
   * @param reached read before the panels were; undefined: not known
   */
  told(nowMs: number, reached?: Reached): AgesBySource {
    const added = this.#new;
    this.#new = [];
    const told = {
      events: added,
      clicks: added.filter(isClick),
      sessions: this.#leave('sessions', reached?.sessions),
      moves: this.#leave('moves', reached?.moves),
    };
    const ages = SOURCES.flatMap((source) => {
      if (told[source].length === 0) return [];
      const own = told[source].map(({ arrivedMs }) => Math.max(nowMs - arrivedMs, 0));
      const samples = [...(this.#samples.get(source) ?? []), ...own.map((ageMs) => ({ atMs: nowMs, ageMs }))];
      this.#samples.set(source, samples.slice(-MOST));
      return [[source, thinned(own)] as const];
    });
    return Object.fromEntries(ages);
  }

  /** Of every source, computed once a second at most, as many samples are sorted for it. */
  bySource(nowMs: number): ReadonlyMap<Source, Percentiles> {
    const { atMs, percentiles } = this.#reckoned;
    if (nowMs >= atMs && nowMs - atMs < RECKONED_MS) return percentiles;
    const anew = new Map(SOURCES.map((source) => [source, this.ofLastMinute(source, nowMs)]));
    this.#reckoned = { atMs: nowMs, percentiles: anew };
    return anew;
  }

  /** Of those that were told in the last minute. */
  ofLastMinute(source: Source, nowMs: number): Percentiles {
    const samples = (this.#samples.get(source) ?? []).filter(({ atMs }) => atMs > nowMs - MINUTE_MS);
    this.#samples.set(source, samples);
    const ages = samples.map(({ ageMs }) => ageMs).sort((a, b) => a - b);
    const at = (share: number) => ages[Math.min(Math.floor(ages.length * share), ages.length - 1)] ?? null;
    return { p50_ms: at(0.5), p99_ms: at(0.99) };
  }

  /** Those of the waiting that a follower is past. */
  #leave(of: keyof Reached, reached: ReadonlyMap<number, bigint> | undefined): PanelEvent[] {
    if (reached === undefined || this.#waiting[of].length === 0) return [];
    const isPast = ({ partition, offset }: PanelEvent) => BigInt(offset) < (reached.get(partition) ?? 0n);
    const past = this.#waiting[of].filter(isPast);
    if (past.length > 0) this.#waiting[of] = this.#waiting[of].filter((event) => !isPast(event));
    return past;
  }
}

/** Keeps every second one of too many, so that old and new ones are left alike. */
const keepSome = (events: PanelEvent[]): PanelEvent[] =>
  events.length <= MOST ? events : keepSome(events.filter((_, n) => n % 2 === 0));

function thinned(given: readonly number[]): Ages {
  const sorted = given.toSorted((a, b) => a - b);
  const most = Math.min(sorted.length, MOST_TOLD);
  // The oldest is always among them.
  const ages = Array.from(
    { length: most },
    (_, n) => sorted[Math.ceil(((n + 1) * sorted.length) / most) - 1] ?? 0,
  );
  return { n: sorted.length, ages };
}
