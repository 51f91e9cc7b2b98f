// Lessons are data: they are read, none has an answer in it, and a wrong one is told by its file.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MEASURES, readLessons } from '../../src/lessons/lesson.ts';
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
