// Lessons as data: one YAML file each in lessons/, with what to read, what "start" does, and a question. No file has an answer: the
// running system is asked for it (measures.ts).

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { describeIssue } from '../events/parse.ts';
import { CONNECTION_FAULTS } from '../pipeline/control.ts';
import { parseDuration } from '../runtime/duration.ts';
import { packageRoot } from '../runtime/paths.ts';
import { FAULT_NAMES, parseShare } from '../simulator/core/faults.ts';

export const MEASURES = [
  'missing',
  'repeated',
  'set_aside',
  'robots',
  'lag_peak',
  'outbox_peak',
  'idle_readers',
  'next_partition',
  'sessions',
  'late_by_event_time',
  'late_by_arrival',
] as const;
export type MeasureName = (typeof MEASURES)[number];

const duration = z.string().transform((text) => parseDuration('lesson', text));
const share = z.union([z.string(), z.number()]).transform((given) => parseShare(String(given)));
const at = duration.default(0);
const part = z.enum(['broker', 'postgres', 'ingest', 'live']);

const stepSchema = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('shop'),
    at,
    for: duration,
    rate: z.number().min(0.1).max(100),
    faults: z.partialRecord(z.enum(FAULT_NAMES), share).default({}),
  }),
  z.strictObject({ do: z.literal('kill'), at, part }),
  z.strictObject({ do: z.literal('pause'), at, for: duration, part }),
  z.strictObject({
    do: z.literal('fault'),
    at,
    for: duration,
    target: z.enum(['kafka', 'postgres']),
    kind: z.enum(CONNECTION_FAULTS),
    ms: z.number().default(400),
  }),
  z.strictObject({ do: z.literal('poison'), at, between: z.tuple([z.int(), z.int()]) }),
  z.strictObject({ do: z.literal('visits'), at, between: z.tuple([z.int(), z.int()]) }),
  z.strictObject({ do: z.literal('readers'), at, number: z.int().min(1).max(6) }),
]);
export type Step = z.infer<typeof stepSchema>;

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

const lessonSchema = z.strictObject({
  title: z.string(),
  about: z.string(),
  read: z.string().transform((text) => text.trim().split(/\n\s*\n/)),
  watch: z.string(),
  lasts: duration,
  timeline: z.array(stepSchema).min(1),
  question: questionSchema,
  explain: z.string(),
});
export type Lesson = z.infer<typeof lessonSchema> & { readonly name: string };

/**
 * Reads all lessons, in the order of their files' numbers.
 * @throws {Error} naming the file that is no lesson
 */
export function readLessons(folder = path.join(packageRoot, 'lessons')): readonly Lesson[] {
  const files = readdirSync(folder)
    .filter((file) => /^\d\d-[a-z-]+\.yaml$/.test(file))
    .sort();
  return files.map((file) => {
    const value: unknown = parse(readFileSync(path.join(folder, file), 'utf8'));
    const parsed = lessonSchema.safeParse(value);
    if (parsed.success) return { ...parsed.data, name: file.slice(3, -5) };
    const [issue] = parsed.error.issues;
    throw new Error(`${file}: ${issue === undefined ? 'is no lesson' : describeIssue(issue, value)}`);
  });
}
