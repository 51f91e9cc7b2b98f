// Lessons are data: they are read, none has an answer in it, and a wrong one is told by its file. What is right follows from what
// is measured.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/lessons/judge.ts';
import { MEASURES, type MeasureName, readLessons } from '../../src/lessons/lesson.ts';
import { visitsBefore } from '../../src/lessons/visits.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const lessons = readLessons();
const folder = path.join(packageRoot, 'lessons');

describe('the lessons', () => {
  it('are at least eight, each with something to read, to play and to answer', () => {
    expect(lessons.length).toBeGreaterThanOrEqual(8);
    for (const { read, timeline, lasts } of lessons) {
      expect(read.length).toBeGreaterThan(1);
      expect(
        Math.max(...timeline.map((step) => step.at + ('for' in step ? step.for : 0))),
      ).toBeLessThanOrEqual(lasts);
    }
  });

  it('measure, between them, everything that can be measured but what needs no lesson', () => {
    const used = lessons.flatMap(({ question }) =>
      'of' in question ? [question.of] : question.choices.flatMap(({ when }) => when.map(({ of }) => of)),
    );
    expect(MEASURES.filter((name) => !used.includes(name))).toEqual([]);
  });

  it('are told by their file where they are none', () => {
    const bad = temporaryFolder();
    const [first = ''] = readdirSync(folder).sort();
    const text = readFileSync(path.join(folder, first), 'utf8');
    writeFileSync(path.join(bad, first), text.replace('do: kill', 'do: explode'));
    expect(() => readLessons(bad)).toThrow(first);
  });
});

describe('an answer', () => {
  const number = { ask: '', hint: '', of: 'lag_peak', within: 0.25 } as const;
  const choice = {
    ask: '',
    hint: '',
    choices: [
      { text: 'lost', when: [{ of: 'missing' as const, least: 1 }] },
      { text: 'once', when: [{ of: 'missing' as const, most: 0 }] },
    ],
  };
  const measured = (value: number) => async (_name: MeasureName) => value;

  it.each([
    ['100', 100, true],
    ['76', 100, true],
    ['74', 100, false],
    ['125', 100, true],
    ['0', 0, true],
    ['1', 0, false],
  ])('of %s is judged by what was measured, %i', async (given, value, right) => {
    expect((await judge(number, given, measured(value))).right).toBe(right);
  });

  it('an answer by choice is right where its condition holds now', async () => {
    expect(await judge(choice, '1', measured(0))).toEqual({ right: true, answer: 'once' });
    expect(await judge(choice, '1', measured(3))).toEqual({ right: false, answer: 'lost' });
  });

  it.each(['', 'many', '-1', '1.5', '9'.repeat(20)])('that is none is told so: %s', async (given) => {
    await expect(judge(number, given, measured(1))).rejects.toThrow('the answer is no number');
    await expect(judge(choice, given, measured(1))).rejects.toThrow('there is no such choice');
  });
});

describe('the visits of a lesson', () => {
  it('come in order, end before now, and have no pause near the half hour', () => {
    const now = Date.now();
    for (let n = 0; n < 50; n += 1) {
      const times = visitsBefore(now, '0'.repeat(32), 8).map(({ time }) => Date.parse(time));
      const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 60_000);
      expect(times.at(-1)).toBeLessThan(now);
      for (const gap of gaps) expect((gap >= 1 && gap < 25) || (gap >= 33 && gap < 70)).toBe(true);
    }
  });
});
