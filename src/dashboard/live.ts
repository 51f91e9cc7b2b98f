// One look at today for all open dashboards: after a commit, at midnight, and when a dashboard opens. However many
// commits and readers there are, the queries run a few times a second at most.

import type { Request, Response } from 'express';
import type { Pool } from '../db/pool.ts';
import { readTimeZone } from '../db/time-zone.ts';
import { frame, type Stream, type Streams } from '../http/sse.ts';
import type { Logger } from '../runtime/log.ts';
import type { Traces } from '../tracing/traces.ts';
import { dayIn } from './charts/range.ts';
import { todaySoFar } from './charts/today.ts';
import { QuestionBoard } from './questions/board.ts';

const LOOK_EVERY_MS = 100;
const CHANGED_EVERY_MS = 1_000;
const CLOCK_MS = 1_000;
/** Orders of the last minutes are sent with each look, those of the whole day now and then, for events that come late. */
const MINUTE_MS = 60_000;
const MINUTES_SENT = 2;
const WHOLE_EVERY_MS = 30_000;
/** How often the questions are answered while nothing is stored. */
const GLANCE_EVERY_MS = 5_000;

/** As /api/charts/today answers and as the stream sends. */
export type TodayAnswer = Awaited<ReturnType<typeof lookAtToday>>;

/** Today's numbers, with the day and the zone they belong to. @param since the orders from this minute on, not all */
export async function lookAtToday(pool: Pool, now = new Date(), since?: Date) {
  const timeZone = await readTimeZone(pool);
  const day = dayIn(timeZone, now);
  const today = await todaySoFar(pool, day, now, since);
  return { ...today, meta: { day, time_zone: timeZone, as_of: now.toISOString() } };
}

export class Live {
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #streams: Streams;
  readonly #readers = new Set<Stream>();
  readonly #watchers = new Set<() => void>();
  readonly #traces: Traces;
  readonly #now: () => Date;
  readonly #clock: NodeJS.Timeout;
  // Moments of the monotonic clock: the other one may be set back, and dashboards would wait for it.
  #lastLook = Number.NEGATIVE_INFINITY;
  #lastWhole = Number.NEGATIVE_INFINITY;
  #looking = false;
  #again = false;
  #pending: NodeJS.Timeout | undefined;
  #changed: NodeJS.Timeout | undefined;
  #newest: TodayAnswer | undefined;
  #glanced = Number.NEGATIVE_INFINITY;
  /** The eight questions, for the readers here and for whoever asks. */
  readonly board: QuestionBoard;

  /** @param now the clock that says which day it is */
  constructor(pool: Pool, streams: Streams, log: Logger, traces: Traces, now = () => new Date()) {
    this.#pool = pool;
    this.#now = now;
    this.#streams = streams;
    this.#log = log;
    this.#traces = traces;
    this.board = new QuestionBoard(pool, log);
    this.#clock = setInterval(() => this.#tick(), CLOCK_MS);
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Answers GET /api/live. */
  open(req: Request, res: Response): void {
    const stream = this.#streams.open(req, res, () => this.#readers.delete(stream));
    this.#readers.add(stream);
    if (this.#newest !== undefined) stream.send('today', this.#newest);
    this.refresh();
    void this.#glance(new Set([stream]));
  }

  /** Calls `watcher` whenever something was stored. */
  watch(watcher: () => void): void {
    this.#watchers.add(watcher);
  }

  /** Something was stored. */
  changed(): void {
    for (const watcher of this.#watchers) watcher();
    this.refresh();
    this.#changed ??= setTimeout(() => {
      this.#changed = undefined;
      this.#send('changed', { charts: ['daily', 'orders', 'devices', 'funnel', 'totals'] });
      void this.#glance();
    }, CHANGED_EVERY_MS);
  }

  /** Looks soon; calls that come meanwhile share the look. */
  refresh(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    const wait = Math.max(0, this.#lastLook + LOOK_EVERY_MS - performance.now());
    this.#pending ??= setTimeout(() => {
      this.#pending = undefined;
      void this.#look();
    }, wait);
  }

  close(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#pending);
    clearTimeout(this.#changed);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#lastLook = performance.now();
    try {
      const stored = this.#traces.takeStored();
      await this.#lookAtToday();
      this.#traces.charted(stored, Date.now());
    } catch (error) {
      this.#log.debug({ err: error }, 'no look at today');
      if (this.#readers.size > 0) this.#lookLater();
    } finally {
      this.#looking = false;
    }
    if (this.#again) {
      this.#again = false;
      this.refresh();
    }
  }

  /** What was announced before a look that failed is not announced again. */
  #lookLater(): void {
    this.#changed ??= setTimeout(() => {
      this.#changed = undefined;
      this.refresh();
    }, CHANGED_EVERY_MS);
  }

  /** Readers keep the minutes they know: a day of them would be much to send at each commit. */
  async #lookAtToday(): Promise<void> {
    const now = this.#now();
    const before = this.#newest;
    const isWhole = before === undefined || performance.now() - this.#lastWhole >= WHOLE_EVERY_MS;
    const since = isWhole
      ? undefined
      : new Date(Math.floor(now.getTime() / MINUTE_MS - MINUTES_SENT) * MINUTE_MS);
    const look = await lookAtToday(this.#pool, now, since);
    if (before !== undefined && since !== undefined && look.meta.day === before.meta.day) {
      const first = since.toISOString();
      const earlier = before.orders.filter(({ time }) => time < first);
      this.#newest = { ...look, orders: [...earlier, ...look.orders] };
      this.#send('today', { ...look, orders_since: since });
      return;
    }
    this.#newest = since === undefined ? look : await lookAtToday(this.#pool, now);
    this.#lastWhole = performance.now();
    this.#send('today', this.#newest);
  }

  /** Answers the questions for all readers, or for one who has just come. */
  async #glance(readers: ReadonlySet<Stream> = this.#readers): Promise<void> {
    if (readers.size === 0) return;
    if (readers === this.#readers) this.#glanced = performance.now();
    try {
      this.#send('questions', await this.board.glance(), readers);
    } catch (error) {
      this.#log.debug({ err: error }, 'the questions were not answered');
    }
  }

  /** What happens without any event: the windows of the questions move on, and an open page starts afresh at midnight. */
  #tick(): void {
    if (this.#readers.size === 0) return;
    if (performance.now() - this.#glanced >= GLANCE_EVERY_MS) void this.#glance();
    if (this.#newest === undefined) return;
    const { day, time_zone: timeZone } = this.#newest.meta;
    if (dayIn(timeZone, this.#now()) !== day) this.refresh();
  }

  #send(event: string, data: unknown, readers: ReadonlySet<Stream> = this.#readers): void {
    if (readers.size === 0) return;
    const message = frame(event, data);
    for (const reader of readers) reader.write(message);
  }
}
