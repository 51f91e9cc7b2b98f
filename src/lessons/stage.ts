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

  constructor(place: LessonPlace) {
    this.place = place;
    this.quiz = new Quiz(place);
  }

  /** @throws {HttpError} 404 */
  find(name: unknown): Lesson {
    const lesson = this.lessons.find((one) => one.name === name);
    if (lesson !== undefined) return lesson;
    throw notFound('there is no such lesson', name, this.lessons.map((one) => one.name).join(', '));
  }

  /** The run of a lesson, also of another process; undefined where another lesson, or none, was played last. */
  async runOf(lesson: Lesson): Promise<NotedRun | undefined> {
    const own = this.#run;
    if (own?.lesson.name === lesson.name && !own.replaced) return own;
    // Without Postgres there is nothing to answer, either.
    return readRun(this.place.pool, lesson.name).catch(() => undefined);
  }

  /** Plays a lesson from its beginning, in the place of what is played. */
  async start(lesson: Lesson): Promise<LessonRun> {
    await this.close();
    this.#run = new LessonRun(lesson, this.place);
    return this.#run;
  }

  /** @throws {HttpError} 409 where the lesson has not been played to its end; 400 where that is no answer */
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

  async close(): Promise<void> {
    await Promise.all([this.#run?.close(), this.quiz.close()]);
    this.#run = undefined;
  }
}
