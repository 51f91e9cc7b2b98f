// The answers to all eight questions, made once for all who look: quick ones each time, the others every few seconds,
// as they read more rows or change slowly. Who asks while an answer is being made gets that one.

import type { Pool } from '../../db/pool.ts';
import { readTimeZone } from '../../db/time-zone.ts';
import type { Whose } from '../../events/whose.ts';
import type { Logger } from '../../runtime/log.ts';
import { dayIn } from '../charts/range.ts';
import type { AnswerRow } from './answer-row.ts';
import { countLoads, foldOutcomes } from './outcomes.ts';
import { QUESTION_NAMES, QUESTIONS, type QuestionName } from './questions.ts';

const SLOW_EVERY_MS = 5_000;

export type QuestionRow = { readonly question: QuestionName } & AnswerRow;
export type QuestionsAnswer = {
  readonly rows: readonly QuestionRow[];
  readonly meta: {
    readonly time_zone: string;
    readonly as_of: string;
    readonly year: number;
    readonly counting: boolean;
  };
};

export class QuestionBoard {
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #whose: Whose;
  #known = new Map<QuestionName, readonly AnswerRow[]>();
  /** A moment of the monotonic clock. */
  #slowAt = Number.NEGATIVE_INFINITY;
  #counting: Promise<void> | undefined;
  #isCounted = false;
  #making: Promise<QuestionsAnswer> | undefined;

  /** @param whose events are counted */
  constructor(pool: Pool, log: Logger, whose: Whose) {
    this.#pool = pool;
    this.#whose = whose;
    this.#log = log;
  }

  /** For those who watch: slow questions may be some seconds old. */
  refresh(): Promise<QuestionsAnswer> {
    const all = performance.now() - this.#slowAt >= SLOW_EVERY_MS;
    this.#making ??= this.#make(all)
      .catch((error) => {
        // A slow question may be without its answer.
        if (all) this.#slowAt = Number.NEGATIVE_INFINITY;
        throw error;
      })
      .finally(() => {
        this.#making = undefined;
      });
    return this.#making;
  }

  /** For those who ask once: everything as it is now. */
  async answer(): Promise<QuestionsAnswer> {
    await this.#making?.catch(() => {});
    this.#slowAt = Number.NEGATIVE_INFINITY;
    return this.refresh();
  }

  async #make(all: boolean): Promise<QuestionsAnswer> {
    const now = new Date();
    const timeZone = await readTimeZone(this.#pool);
    const year = Number(dayIn(timeZone, now).slice(0, 4));
    if (all) {
      await this.#bringOutcomes();
      this.#slowAt = performance.now();
    }
    const asked = QUESTION_NAMES.filter((name) => all || QUESTIONS[name].isQuick);
    await Promise.all(
      asked.map(async (name) =>
        this.#known.set(name, await QUESTIONS[name].ask(this.#pool, { now, year, whose: this.#whose })),
      ),
    );
    const rows = QUESTION_NAMES.flatMap((question) =>
      (this.#known.get(question) ?? []).map((row) => ({ question, ...row })),
    );
    const meta = { time_zone: timeZone, as_of: now.toISOString(), year, counting: !this.#isCounted };
    return { rows, meta };
  }

  /** Takes in live events now; loaded files, which take seconds, in the background. */
  async #bringOutcomes(): Promise<void> {
    this.#isCounted = await foldOutcomes(this.#pool);
    if (this.#isCounted) return;
    this.#counting ??= countLoads(this.#pool)
      .catch((error) => this.#log.warn({ err: error }, 'the people of the loaded files were not counted'))
      .finally(() => {
        this.#counting = undefined;
        this.#slowAt = Number.NEGATIVE_INFINITY;
      });
  }
}
