// Where lessons are played, one at a time: starts that come together, answers, and runs of another process.

import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '../../src/db/pool.ts';
import type { LessonRun } from '../../src/lessons/run.ts';
import { beginRun, keepRun, type NotedRun } from '../../src/lessons/run-store.ts';
import { Stage } from '../../src/lessons/stage.ts';
import { afterFile } from '../support/after-file.ts';
import { testLog } from '../support/database.ts';
import { eventually } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { lessonOf, type Shop, startShop } from './shop.ts';

const ENDLESS = 'users: 0\nduration: 10m\ntimeline:\n  - { visits: [1, 1] }';
const [one, other] = [lessonOf(ENDLESS, 'lag_peak', 'one'), lessonOf(ENDLESS, 'lag_peak', 'other')];

let shop: Shop;
let stage: Stage;
beforeAll(async () => {
  shop = await startShop();
  stage = shop.stage;
});

const RUN: NotedRun = {
  began: Date.parse('2026-03-02T09:00:00.000Z'),
  visitor: '',
  group: 'nobody',
  ledger: null,
  ends: [],
  lagPeak: 100,
  outboxPeak: 0,
  turnedAwayBefore: 0,
  turnedAway: 0,
  visits: [],
  over: true,
  failure: undefined,
};

describe('the stage', { timeout: 120_000 }, () => {
  it('the stage plays the lesson that was started last, and has ended the one before', async () => {
    const first = await stage.start(one);
    await eventually(() => first.visits.length === 1);
    expect(await stage.runOf(one)).toBe(first);
    const second = await stage.start(other);
    expect(first).toMatchObject({ over: true, failure: 'it was ended before its time' });
    await eventually(() => second.visits.length === 1);
    expect(await stage.runOf(other)).toBe(second);
    expect(await stage.runOf(one)).toBeUndefined();
    await stage.close();
    expect(second.over).toBe(true);
  });

  it('the stage plays one of lessons that are started at the same moment, as of a lesson and a quiz', async () => {
    const started = await Promise.all([one, other, one].map((lesson) => stage.start(lesson)));
    expect(started.map((run: LessonRun) => run.over)).toEqual([true, true, false]);
    expect(await stage.runOf(one)).toBe(started[2]);
    await Promise.all([stage.startQuiz(), stage.startQuiz(), stage.start(other)]);
    expect(stage.quiz.state).toBe('idle');
    expect(started[2]?.over).toBe(true);
    await Promise.all([stage.start(one), stage.startQuiz()]);
    expect(stage.quiz.state).toBe('running');
    expect(await stage.runOf(one)).toMatchObject({ over: true });
    await stage.close();
    expect(stage.quiz.state).toBe('idle');
  });

  it('the stage finds the run of another process, which has replaced its own, and judges by it', async () => {
    const own = await stage.start(one);
    await eventually(() => own.visits.length === 1);
    const id = randomUUID();
    await beginRun(shop.pool, id, 'one', RUN);
    await keepRun(shop.pool, id, RUN);
    await eventually(() => own.replaced);
    expect(await stage.runOf(one)).toEqual(RUN);
    expect(await stage.answer(one, '100')).toEqual({ right: true, answer: '100' });
    expect(await stage.answer(one, '101')).toEqual({ right: false, answer: '100' });
    await stage.close();
  });

  it('the stage refuses the answer to a lesson that is not over, naming why', async () => {
    await expect(stage.answer(other, '1')).rejects.toMatchObject({
      status: 409,
      details: { received: 'not started' },
    });
    const run = await stage.start(one);
    await eventually(() => run.visits.length === 1);
    await expect(stage.answer(one, '1')).rejects.toMatchObject({ details: { received: 'still running' } });
    await run.close();
    await expect(stage.answer(one, '1')).rejects.toMatchObject({
      details: { received: 'it was ended before its time' },
    });
  });

  it('the stage knows no run where Postgres is away', async () => {
    const pool = openPool(`postgresql://nobody@127.0.0.1:${await freePort()}/nothing`, testLog);
    afterFile(() => pool.end());
    expect(await new Stage({ ...shop.place, pool }).runOf(one)).toBeUndefined();
  });

  it('the stage finds a lesson by its name, and names those there are for another one', () => {
    expect(stage.find('sessions').title).toBe('Sessions');
    expect(() => stage.find('luck')).toThrow('there is no such lesson');
    expect(() => stage.find(undefined)).toThrow('there is no such lesson');
  });
});
