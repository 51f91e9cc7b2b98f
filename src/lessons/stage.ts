// Where lessons are played: one at a time, as there is one pipe.

import { HttpError, notFound } from '../http/errors.ts';
import { judge, type Verdict } from './judge.ts';
import { type Lesson, type MeasureName, readLessons } from './lesson.ts';
import { measures } from './measures.ts';
import type { LessonPlace } from './place.ts';
import { Quiz } from './quiz.ts';
import { LessonRun } from './run.ts';
import { type NotedRun, readRun } from './run-store.ts';

export class Stage {
  readonly lessons: readonly Lesson[] = readLessons();
  readonly quiz: Quiz;
  readonly place: LessonPlace;
  #run: LessonRun | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(place: LessonPlace) {
    this.place = place;
    this.quiz = new Quiz(place);
  }

  /** The lesson of a name. @throws {HttpError} 404 */
  find(name: unknown): Lesson {
    const lesson = this.lessons.find((one) => one.name === name);
    if (lesson !== undefined) return lesson;
    throw notFound('there is no such lesson', name, this.lessons.map((one) => one.name).join(', '));
  }

  /** The run of a lesson, also of another process; undefined where another lesson, or none, was played last. */
  async runOf(lesson: Lesson): Promise<NotedRun | undefined> {
    const own = this.#run;
    if (own?.lesson.name === lesson.name && !own.replaced) return own;
    // Without Postgres no answer could be judged, either.
    return readRun(this.place.pool, lesson.name).catch(() => undefined);
  }

  /** Plays a lesson from its beginning, in the place of what is played. */
  start(lesson: Lesson): Promise<LessonRun> {
    return this.#inTurn(() => {
      this.#run = new LessonRun(lesson, this.place);
      return this.#run;
    });
  }

  /** Begins a round of the quiz, in the place of what is played. */
  startQuiz(): Promise<void> {
    return this.#inTurn(() => this.quiz.start());
  }

  /**
   * Judges an answer; each measure is taken once.
   * @param given a number as text, or the place of a choice, from 0
   * @throws {HttpError} 409 where the lesson has not been played to its end; 400 where that is no answer
   */
  async answer(lesson: Lesson, given: string): Promise<Verdict> {
    const run = await this.runOf(lesson);
    if (run === undefined || !run.over || run.failure !== undefined)
      throw new HttpError(409, 'not_played', 'the lesson has not been played to its end', {
        received: run === undefined ? 'not started' : (run.failure ?? 'still running'),
        expected: 'a run that is over',
        advice: 'Press start, and wait until the run is over.',
      });
    const known = new Map<MeasureName, Promise<number>>();
    return judge(lesson.question, given, (name) => {
      const measured = known.get(name) ?? measures[name](this.place, run);
      known.set(name, measured);
      return measured;
    });
  }

  /** Ends what is played. */
  close(): Promise<void> {
    return this.#inTurn(() => {});
  }

  /** Ends what is played, then begins. Calls wait for one another: two at the same moment would both play. */
  #inTurn<T>(begin: () => T | Promise<T>): Promise<T> {
    const begun = this.#turn.then(async () => {
      await Promise.all([this.#run?.close(), this.quiz.close()]);
      this.#run = undefined;
      return begin();
    });
    this.#turn = begun.catch(() => {});
    return begun;
  }
}
