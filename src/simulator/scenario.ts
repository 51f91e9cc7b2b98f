// A scenario: a YAML file with the options of a run and a timeline of faults, visits and readers. A lesson is a scenario with a page of
// text (src/lessons/lesson.ts).

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { describeIssue } from '../events/parse.ts';
import { parseDuration } from '../runtime/duration.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { PARTS } from '../runtime/part-names.ts';
import { secondsOf } from './chaos.ts';
import { FAULT_NAMES, type Fault, parseShare } from './core/faults.ts';
import {
  CONNECTION_KINDS,
  CONNECTIONS,
  disturbanceOf,
  type SystemFault,
  type SystemStep,
  USUAL_LATE_MS,
} from './system-faults.ts';

const MOST_READERS = 6;
const MOST_VISITS = 100;

const text = z.union([z.string(), z.number()], 'text or a number').transform(String);
const at = text.default('0s');
const part = z.enum(PARTS);
const visits = z.int().min(1).max(MOST_VISITS);

/** A step of the timeline. */
export const stepSchema = z.union(
  [
    z.strictObject({ at, fault: z.enum([...FAULT_NAMES, 'all']), share: text, for: text.optional() }),
    z.strictObject({ at, kill: part }),
    z.strictObject({ at, pause: part, for: text }),
    z.strictObject({
      at,
      disturb: z.enum([...CONNECTIONS, 'outbox']),
      how: z.enum([...CONNECTION_KINDS, 'full']),
      late: text.default(`${USUAL_LATE_MS}ms`),
      for: text,
    }),
    z.strictObject({ at, visits: z.tuple([visits, visits]) }),
    z.strictObject({ at, readers: z.int().min(1).max(MOST_READERS) }),
  ],
  'fault with its share; kill with the name of a part, or pause with one and for how long; disturb with how and for how long; visits with the least and the most; or readers with their number',
);
type Step = z.infer<typeof stepSchema>;

const scenarioSchema = z.strictObject({
  title: z.string().optional(),
  users: z.int().min(0).optional(),
  rate: text.optional(),
  duration: text.optional(),
  seed: z.int().min(0).optional(),
  persona: z.string().optional(),
  target: z.enum(['http', 'kafka']).optional(),
  curve: z.enum(['flat', 'week']).optional(),
  timeline: z.array(stepSchema).default([]),
  expect: z.record(z.string(), z.int().min(0)).default({}),
  lesson: z.unknown().optional(),
});
export type Scenario = z.infer<typeof scenarioSchema>;

/** One visitor's clicks over the last hours, `least` to `most` of them, all sent at `at`. */
export type VisitsStep = { readonly at: number; readonly least: number; readonly most: number };
/** From `at` on the scenario's consumer group has this many members. */
export type ReadersStep = { readonly at: number; readonly readers: number };

/** What happens in a run; moments in milliseconds from its start. */
export type Timeline = {
  readonly faults: readonly Fault[];
  readonly system: readonly SystemStep[];
  readonly visits: readonly VisitsStep[];
  readonly readers: readonly ReadersStep[];
};

/** @throws {ExpectationError} that names the file */
export function readScenario(file: string): Scenario {
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error ? String(error.code) : String(error).split('\n')[0];
    throw new ExpectationError(
      `received ${file}, which can't be read (${reason}), expected a scenario in YAML`,
    );
  }
  const scenario = parseAs(scenarioSchema, value, file);
  try {
    timelineOf(scenario);
  } catch (error) {
    throw error instanceof ExpectationError ? new ExpectationError(`${file}: ${error.message}`) : error;
  }
  return scenario;
}

/**
 * Validates a value that was read from a file.
 * @throws {ExpectationError} that names the file, and the first field that does not fit
 */
export function parseAs<T extends z.ZodType>(schema: T, value: unknown, file: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ExpectationError(
    `${file}: ${issue === undefined ? 'is no scenario' : describeIssue(issue, value)}`,
  );
}

/** @throws {ExpectationError} for the first time, share or disturbance that can't be used */
export function timelineOf({ timeline = [] }: Partial<Pick<Scenario, 'timeline'>>): Timeline {
  const moment = (step: Step) => parseDuration('at', step.at);
  return {
    faults: timeline.flatMap((step) => ('fault' in step ? faultsOf(step) : [])),
    system: timeline.flatMap((step) => {
      const fault = systemFaultOf(step);
      return fault === undefined ? [] : [{ at: moment(step), fault }];
    }),
    visits: timeline.flatMap((step) => {
      if (!('visits' in step)) return [];
      const [least, most] = step.visits.toSorted((one, other) => one - other) as [number, number];
      return [{ at: moment(step), least, most }];
    }),
    readers: timeline.flatMap((step) =>
      'readers' in step ? [{ at: moment(step), readers: step.readers }] : [],
    ),
  };
}

function faultsOf({ at: moment, fault, share, for: lasting }: Extract<Step, { fault: unknown }>): Fault[] {
  const from = parseDuration('at', moment);
  const until = lasting === undefined ? Number.POSITIVE_INFINITY : from + parseDuration('for', lasting);
  const names = fault === 'all' ? FAULT_NAMES : [fault];
  return names.map((name) => ({ fault: name, share: parseShare(share), from, until }));
}

function systemFaultOf(step: Step): SystemFault | undefined {
  if ('kill' in step) return { do: 'kill', part: step.kill };
  if ('pause' in step) return { do: 'pause', part: step.pause, seconds: secondsOf(step.for) };
  if (!('disturb' in step)) return undefined;
  const late = parseDuration('late', step.late);
  return disturbanceOf(step.disturb, step.how, late, secondsOf(step.for));
}
