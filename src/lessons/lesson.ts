// Lessons as data: one file each in lessons/, a scenario of the simulator (simulator/scenario.ts) with a page beside it: what to read, and a
// question. No file has an answer: the running system is asked for it (measures.ts).

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../runtime/paths.ts';
import { parseShare } from '../simulator/core/faults.ts';
import { optionsOf } from '../simulator/options.ts';
import { parseAs, readScenario, type Scenario, type Timeline, timelineOf } from '../simulator/scenario.ts';

export const MEASURES = [
  'missing',
  'repeated',
  'set_aside',
  'robots',
  'lag_peak',
  'outbox_peak',
  'turned_away',
  'idle_readers',
  'next_partition',
  'sessions',
  'late_by_event_time',
  'late_by_arrival',
] as const;
export type MeasureName = (typeof MEASURES)[number];

const share = z.union([z.string(), z.number()]).transform((given) => parseShare(String(given)));
const measure = z.enum(MEASURES);
const questionSchema = z.union([
  z.strictObject({ ask: z.string(), hint: z.string(), of: measure, within: share.default(0) }),
  z.strictObject({
    ask: z.string(),
    hint: z.string(),
    choices: z
      .array(
        z.strictObject({
          text: z.string(),
          when: z.array(
            z.strictObject({ of: measure, least: z.number().optional(), most: z.number().optional() }),
          ),
        }),
      )
      .min(2),
  }),
]);
export type Question = z.infer<typeof questionSchema>;

const pageSchema = z.strictObject({
  about: z.string(),
  read: z.string().transform((text) => text.trim().split(/\n\s*\n/)),
  watch: z.string(),
  question: questionSchema,
  explain: z.string(),
});

export type Lesson = z.infer<typeof pageSchema> & {
  readonly name: string;
  readonly title: string;
  /** Milliseconds until nothing more is done. */
  readonly lasts: number;
  readonly scenario: Scenario;
  /** The steps of its timeline. */
  readonly timeline: Timeline;
};

/**
 * Reads all lessons, in the order of their files' numbers.
 * @throws {ExpectationError} naming the file that is no lesson
 */
export function readLessons(folder = path.join(packageRoot, 'lessons')): readonly Lesson[] {
  const files = readdirSync(folder)
    .filter((file) => /^\d\d-[a-z-]+\.yaml$/.test(file))
    .sort();
  return files.map((name) => readLesson(path.join(folder, name)));
}

function readLesson(file: string): Lesson {
  const scenario = readScenario(file);
  const page = parseAs(pageSchema, scenario.lesson, `${file}, lesson`);
  const name = path.basename(file, '.yaml').slice(3);
  const { duration } = optionsOf({}, scenario, 0);
  const { title = name } = scenario;
  return { ...page, name, title, lasts: duration, scenario, timeline: timelineOf(scenario) };
}
