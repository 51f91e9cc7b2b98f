// The options of a run, from the command line and a scenario file, where the command line wins. One schema validates both.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { describeIssue } from '../events/parse.ts';
import { parseDuration } from '../runtime/duration.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { FAULT_NAMES, type Fault, parseFaults, parseShare } from './core/faults.ts';
import { USUAL_PACE } from './core/pace.ts';
import { PERSONAS, type Persona } from './core/personas.ts';
import { type SystemStep, systemStepOf, systemStepSchema } from './system-faults.ts';

const DAY_MS = 86_400_000;
const USUAL_USERS = 200;
/** Rate of the plan where the rate is `max`. */
const PLANNED_AT_MOST = 100_000;

export type RunOptions = {
  readonly users: number;
  /** Events a second; Infinity for `max`. */
  readonly rate: number;
  /** Events a second of the plan. */
  readonly plannedRate: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly seed: number;
  readonly personas: readonly Persona[];
  readonly target: 'http' | 'kafka';
  readonly faults: readonly Fault[];
  /** Those of them that are not the scenario's. */
  readonly chaos: readonly Fault[];
  readonly curve: 'flat' | 'week';
  /** As that of a crowd. */
  readonly turnover: number;
  /** Start of the plan, milliseconds since 1970. */
  readonly clock: number;
  /** A scenario's expected number of sends by kind. */
  readonly expect: Readonly<Record<string, number>>;
  readonly scenario: string | undefined;
  /** System faults of a scenario. */
  readonly system?: readonly SystemStep[];
};

/** The options as the command line gives them. */
export type GivenOptions = {
  readonly users?: number | undefined;
  readonly rate?: string | undefined;
  readonly duration?: string | undefined;
  readonly seed?: number | undefined;
  readonly persona?: string | undefined;
  readonly target?: string | undefined;
  readonly chaos?: string | undefined;
  readonly curve?: string | undefined;
  readonly clock?: number | undefined;
};

const OF_RUNS = ['users', 'rate', 'duration', 'persona', 'target', 'curve', 'scenario', 'url'] as const;

/** @throws {ExpectationError} where a replay is given what only a run has */
export function refuseRunOptions(given: Readonly<Partial<Record<(typeof OF_RUNS)[number], unknown>>>): void {
  const name = OF_RUNS.find((one) => given[one] !== undefined);
  if (name !== undefined)
    throw new ExpectationError(
      `received --${name} with --replay, which sends recorded events as they came, expected one of them`,
    );
}

/** @throws {ExpectationError} where that is no address of a shop */
export function checkUrl(url: string | undefined): void {
  if (url === undefined || (/^https?:/.test(url) && URL.canParse(url))) return;
  throw new ExpectationError(`url: received ${JSON.stringify(url)}, expected one as http://127.0.0.1:3000`);
}

const text = z.union([z.string(), z.number()], 'text or a number').transform(String);
const scenarioSchema = z.strictObject({
  title: z.string().optional(),
  users: z.int().min(1).optional(),
  rate: text.optional(),
  duration: text.optional(),
  seed: z.int().min(0).optional(),
  persona: z.string().optional(),
  target: z.enum(['http', 'kafka']).optional(),
  curve: z.enum(['flat', 'week']).optional(),
  timeline: z
    .array(
      z.strictObject({
        at: text.default('0s'),
        fault: z.enum([...FAULT_NAMES, 'all']),
        share: text,
        for: text.optional(),
      }),
    )
    .default([]),
  system: z.array(systemStepSchema).default([]),
  expect: z.record(z.string(), z.int().min(0)).default({}),
});
type Scenario = z.infer<typeof scenarioSchema>;

/** @throws {ExpectationError} */
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
  const parsed = scenarioSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ExpectationError(
    `${file}: ${issue === undefined ? 'is no scenario' : describeIssue(issue, value)}`,
  );
}

/**
 * @param now milliseconds since 1970
 * @throws {ExpectationError} for the first value that can't be used
 */
export function readOptions(given: GivenOptions, file: string | undefined, now: number): RunOptions {
  const scenario: Partial<Scenario> = file === undefined ? {} : readScenario(file);
  const users = wholeFrom('users', given.users ?? scenario.users ?? USUAL_USERS, 1, 1_000_000);
  const rate = readRate(given.rate ?? scenario.rate, users);
  const lasts = given.duration ?? scenario.duration ?? '10m';
  const duration = parseDuration('duration', lasts);
  if (duration === 0)
    throw new ExpectationError(
      `duration: received ${JSON.stringify(lasts)}, expected longer than that, as 30s`,
    );
  const target = oneOf('target', ['http', 'kafka'] as const, given.target ?? scenario.target ?? 'http');
  const usualCurve = duration >= DAY_MS ? 'week' : 'flat';
  const chaos = given.chaos === undefined ? [] : parseFaults(given.chaos);
  return {
    users,
    rate,
    plannedRate: Number.isFinite(rate) ? rate : PLANNED_AT_MOST,
    duration,
    seed: wholeFrom('seed', given.seed ?? scenario.seed ?? 1, 0, Number.MAX_SAFE_INTEGER),
    personas: personasOf(given.persona ?? scenario.persona),
    target,
    faults: [...chaos, ...faultsOf(scenario)],
    chaos,
    curve: oneOf('curve', ['flat', 'week'] as const, given.curve ?? scenario.curve ?? usualCurve),
    turnover: 0,
    clock: given.clock ?? now,
    expect: scenario.expect ?? {},
    scenario: file,
    system: (scenario.system ?? []).map(systemStepOf),
  };
}

function readRate(given: string | undefined, users: number): number {
  if (given === undefined) return users * USUAL_PACE;
  if (given === 'max') return Number.POSITIVE_INFINITY;
  const rate = /^\d{1,7}(\.\d{1,20})?$/.test(given) ? Number(given) : 0;
  if (rate > 0) return rate;
  throw new ExpectationError(
    `rate: received ${JSON.stringify(given)}, expected events a second, as 5 or 0.5, or max`,
  );
}

function wholeFrom(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new ExpectationError(`${name}: received ${value}, expected a whole number from ${least} to ${most}`);
}

function oneOf<const T extends readonly string[]>(name: string, values: T, value: string): T[number] {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new ExpectationError(`${name}: received ${JSON.stringify(value)}, expected ${values.join(' or ')}`);
}

function personasOf(name: string | undefined): readonly Persona[] {
  if (name === undefined) return PERSONAS;
  const one = PERSONAS.find((persona) => persona.name === name);
  if (one !== undefined) return [one];
  const names = PERSONAS.map((persona) => persona.name).join(', ');
  throw new ExpectationError(`persona: received ${JSON.stringify(name)}, expected ${names}`);
}

function faultsOf({ timeline = [] }: Partial<Scenario>): Fault[] {
  return timeline.flatMap(({ at, fault, share, for: lasting }) => {
    const from = parseDuration('at', at);
    const until = lasting === undefined ? Number.POSITIVE_INFINITY : from + parseDuration('for', lasting);
    const names = fault === 'all' ? FAULT_NAMES : [fault];
    return names.map((name) => ({ fault: name, share: parseShare(share), from, until }));
  });
}
