// Lessons are data: scenarios with a page. They are read, none has an answer in it, and a wrong one is told by its file.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MEASURES, readLessons } from '../../src/lessons/lesson.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { readOptions } from '../../src/simulator/options.ts';
import { wordsOf } from '../../src/simulator/system-faults.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const lessons = readLessons();
const folder = path.join(packageRoot, 'lessons');

describe('the lessons', () => {
  it('the lessons are at least eight, each with something to read, to play and to answer', () => {
    expect(lessons.length).toBeGreaterThanOrEqual(8);
    for (const { read, timeline, lasts } of lessons) {
      expect(read.length).toBeGreaterThan(1);
      expect(Object.values(timeline).flat()).not.toEqual([]);
      const { faults, system, visits, readers } = timeline;
      const ends = [
        ...faults.map(({ from, until }) => (Number.isFinite(until) ? until : from)),
        ...system.map(({ at, fault }) => at + ('seconds' in fault ? fault.seconds * 1_000 : 0)),
        ...[...visits, ...readers].map(({ at }) => at),
      ];
      expect(Math.max(...ends)).toBeLessThanOrEqual(lasts);
    }
  });

  it('the lessons are about each way to break the pipe: a killed part, a paused one, a connection, and a full outbox', () => {
    const words = lessons.flatMap(({ timeline }) => timeline.system.map(({ fault }) => wordsOf(fault)));
    for (const one of ['kill ingest', 'kill broker', 'pause ingest', 'kafka cut', 'outbox full'])
      expect(words).toContain(one);
  });

  it('the lessons measure, between them, everything that can be measured', () => {
    const used = lessons.flatMap(({ question }) =>
      'of' in question ? [question.of] : question.choices.flatMap(({ when }) => when.map(({ of }) => of)),
    );
    expect(MEASURES.filter((name) => !used.includes(name))).toEqual([]);
  });

  it.each(readdirSync(folder))(
    'a lesson is a scenario that a run can play from the command line: %s',
    (name) => {
      const options = readOptions({}, path.join(folder, name), 0);
      const lesson = lessons.find((one) => name === `${name.slice(0, 3)}${one.name}.yaml`);
      expect(options).toMatchObject({ ...lesson?.timeline, duration: lesson?.lasts, target: 'http' });
    },
  );

  it.each([
    ['of which a step is none', 'kill: ingest', 'explode: ingest', 'timeline.0: received'],
    ['whose question names no measure', 'of: missing, least: 1', 'of: luck, least: 1', 'lesson: question'],
    ['without a page', 'lesson:', 'expect: {}\nlessons:', 'no field named lessons'],
  ])('a lesson that is wrong is told by its file: %s', (_, good, bad, words) => {
    const wrong = temporaryFolder();
    const [first = ''] = readdirSync(folder).sort();
    const text = readFileSync(path.join(folder, first), 'utf8');
    expect(text).toContain(good);
    writeFileSync(path.join(wrong, first), text.replace(good, bad));
    expect(() => readLessons(wrong)).toThrow(first);
    expect(() => readLessons(wrong)).toThrow(words);
  });
});
