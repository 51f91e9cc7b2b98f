// Feeds all open dashboards with today's numbers, read once for all of them: after a commit, at midnight, and when a dashboard
// opens, but a few times a second at most.

import type { Request, Response } from 'express';
import type { Stored } from '../db/change.ts';
import type { Feed } from '../db/change-bus.ts';
import { levelOf } from '../db/errors.ts';
import type { Pool } from '../db/pool.ts';
import { type Whose, whoseKey } from '../events/whose.ts';
import type { Streams } from '../http/sse.ts';
import type { Logger } from '../runtime/log.ts';
import type { Traces } from '../tracing/traces.ts';
import { Audience } from './audience.ts';
import { mayHaveEvents } from './followers.ts';
import type { QuestionBoard } from './questions/board.ts';

const LOOK_EVERY_MS = 100;
const CHANGED_EVERY_MS = 1_000;
const CLOCK_MS = 1_000;
/** How often the questions are answered while nothing is stored. */
const QUESTIONS_EVERY_MS = 5_000;

export class TodayFeed implements Feed {
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #streams: Streams;
  readonly #audiences = new Map<string, Audience>();
  readonly #traces: Traces;
  readonly #now: () => Date;
  #clock: NodeJS.Timeout | undefined;
  /** A moment of the monotonic clock: the other one may be set back, and dashboards would wait for it. */
  #lastLook = Number.NEGATIVE_INFINITY;
  #looking = false;
  #again = false;
  #pending: NodeJS.Timeout | undefined;
  #changed: NodeJS.Timeout | undefined;

  /** @param now the clock that says which day it is */
  constructor(pool: Pool, streams: Streams, log: Logger, traces: Traces, now = () => new Date()) {
    this.#pool = pool;
    this.#now = now;
    this.#streams = streams;
    this.#log = log;
    this.#traces = traces;
  }

  get readers(): number {
    return this.#watched().reduce((sum, { readers }) => sum + readers.size, 0);
  }

  /** The eight questions, for the readers here and for whoever asks. */
  board(whose: Whose): QuestionBoard {
    return this.#audienceOf(whose).board;
  }

  /** Answers GET /api/live. */
  open(req: Request, res: Response, whose: Whose): void {
    const audience = this.#audienceOf(whose);
    const stream = this.#streams.open(req, res, () => audience.readers.delete(stream));
    audience.join(stream);
    this.#clock ??= setInterval(() => this.#tick(), CLOCK_MS);
    this.refresh();
  }

  stored(change?: Stored): void {
    if (!mayHaveEvents(change)) return;
    this.refresh();
    this.#changed ??= setTimeout(() => {
      this.#changed = undefined;
      for (const audience of this.#watched()) {
        audience.send('changed', { charts: ['daily', 'orders', 'devices', 'funnel', 'totals'] });
        void audience.answerQuestions();
      }
    }, CHANGED_EVERY_MS);
  }

  /** Faults have begun or ended: GET /api/faults has them. */
  faults(): void {
    for (const audience of this.#watched()) audience.send('faults', {});
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

  #audienceOf(whose: Whose): Audience {
    const key = whoseKey(whose);
    const known = this.#audiences.get(key) ?? new Audience(this.#pool, this.#log, whose);
    this.#audiences.set(key, known);
    return known;
  }

  /** Those with readers. */
  #watched(): Audience[] {
    return [...this.#audiences.values()].filter(({ readers }) => readers.size > 0);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#lastLook = performance.now();
    try {
      const stored = this.#traces.takeStored();
      // Ingest has counted them with their rows: where no dashboard is open, there is nobody to be told.
      await Promise.all(this.#watched().map((audience) => audience.lookAtToday(this.#now())));
      this.#traces.charted(stored, Date.now());
    } catch (error) {
      this.#log[levelOf(error)]({ err: error }, 'no look at today');
      if (this.readers > 0) this.#lookLater();
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

  /** What happens without any event: the windows of the questions move on, and an open page starts afresh at midnight. */
  #tick(): void {
    const watched = this.#watched();
    if (watched.length === 0) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
    for (const audience of watched) {
      if (audience.questionsAge >= QUESTIONS_EVERY_MS) void audience.answerQuestions();
    }
    if (watched.some((audience) => audience.isOfAnotherDay(this.#now()))) this.refresh();
  }
}
