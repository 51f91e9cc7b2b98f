// The readers of the dashboard that filter the same events, and the newest numbers of today that they were sent. today-feed.ts
// decides when they are read.

import { levelOf } from '../db/errors.ts';
import type { Pool } from '../db/pool.ts';
import { readTimeZone } from '../db/time-zone.ts';
import type { Whose } from '../events/whose.ts';
import { type Stream, sseMessage } from '../http/sse.ts';
import type { Logger } from '../runtime/log.ts';
import { dayIn } from './charts/range.ts';
import { todaySoFar } from './charts/today.ts';
import { QuestionBoard } from './questions/board.ts';

/** Each update has the orders of the last minutes; those of the whole day are sent now and then, for late events. */
const MINUTE_MS = 60_000;
const MINUTES_SENT = 2;
const WHOLE_EVERY_MS = 30_000;

/** As /api/charts/today answers and as the stream sends. */
export type TodayAnswer = Awaited<ReturnType<typeof lookAtToday>>;

/** Today's numbers, with the day and the zone they belong to. @param since the orders from this minute on, not all */
export async function lookAtToday(pool: Pool, whose: Whose, now = new Date(), since?: Date) {
  const timeZone = await readTimeZone(pool);
  const day = dayIn(timeZone, now);
  const today = await todaySoFar(pool, day, now, whose, since);
  return { ...today, meta: { day, time_zone: timeZone, as_of: now.toISOString() } };
}

export class Audience {
  readonly readers = new Set<Stream>();
  readonly board: QuestionBoard;
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #whose: Whose;
  // Moments of the monotonic clock: the other one may be set back, and dashboards would wait for it.
  #lastWhole = Number.NEGATIVE_INFINITY;
  #answered = Number.NEGATIVE_INFINITY;
  #newest: TodayAnswer | undefined;

  constructor(pool: Pool, log: Logger, whose: Whose) {
    this.#pool = pool;
    this.#log = log;
    this.#whose = whose;
    this.board = new QuestionBoard(pool, log, whose);
  }

  /** Adds a reader and sends it the newest numbers. */
  join(stream: Stream): void {
    // Without a reader nobody has looked: then the next look is at the whole day, as this reader knows nothing of it.
    if (this.readers.size === 0) this.#lastWhole = Number.NEGATIVE_INFINITY;
    else if (this.#newest !== undefined) stream.send('today', this.#newest);
    this.readers.add(stream);
    void this.answerQuestions(new Set([stream]));
  }

  /** Sends the newest minutes only, as readers keep the earlier ones: a whole day at each commit would be large. */
  async lookAtToday(now: Date): Promise<void> {
    const before = this.#newest;
    const isWhole = before === undefined || performance.now() - this.#lastWhole >= WHOLE_EVERY_MS;
    const since = isWhole
      ? undefined
      : new Date(Math.floor(now.getTime() / MINUTE_MS - MINUTES_SENT) * MINUTE_MS);
    const look = await lookAtToday(this.#pool, this.#whose, now, since);
    // Who has come meanwhile knows nothing of the day yet.
    const isKnown = Number.isFinite(this.#lastWhole) && look.meta.day === before?.meta.day;
    if (before !== undefined && since !== undefined && isKnown) {
      const first = since.toISOString();
      const earlier = before.orders.filter(({ time }) => time < first);
      this.#newest = { ...look, orders: [...earlier, ...look.orders] };
      this.send('today', { ...look, orders_since: since });
      return;
    }
    this.#newest = since === undefined ? look : await lookAtToday(this.#pool, this.#whose, now);
    this.#lastWhole = performance.now();
    this.send('today', this.#newest);
  }

  /** Sends the answers to the questions to all readers, or to one that has just joined. */
  async answerQuestions(readers: ReadonlySet<Stream> = this.readers): Promise<void> {
    if (readers.size === 0) return;
    if (readers === this.readers) this.#answered = performance.now();
    try {
      this.send('questions', await this.board.refresh(), readers);
    } catch (error) {
      this.#log[levelOf(error)]({ err: error }, 'the questions were not answered');
    }
  }

  /** Milliseconds since the questions were last answered for all readers. */
  get questionsAge(): number {
    return performance.now() - this.#answered;
  }

  /** True where the newest look is at another day than `now` is in. */
  isOfAnotherDay(now: Date): boolean {
    if (this.#newest === undefined) return false;
    const { day, time_zone: timeZone } = this.#newest.meta;
    return dayIn(timeZone, now) !== day;
  }

  send(event: string, data: unknown, readers: ReadonlySet<Stream> = this.readers): void {
    if (readers.size === 0) return;
    const message = sseMessage(event, data);
    for (const reader of readers) reader.write(message);
  }
}
