// The options of a run, from the command line and a scenario, where the command line wins.

import { parseDuration } from '../runtime/duration.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { type Chaos, NO_CHAOS, parseChaos } from './chaos.ts';
import { USUAL_PACE } from './core/pace.ts';
import { PERSONAS, type Persona } from './core/personas.ts';
import { readScenario, type Scenario, type Timeline, timelineOf } from './scenario.ts';

const DAY_MS = 86_400_000;
const USUAL_USERS = 200;
/** Events a second of a scenario without shoppers, whose visits come all at once. */
const RATE_WITHOUT_USERS = 100;
/** Rate of the plan where the rate is `max`. */
const PLANNED_AT_MOST = 100_000;

export type RunOptions = Timeline & {
  /** 0 for a scenario without shoppers, which has only its timeline. */
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
  /** The faults of --chaos, without the scenario's. */
  readonly chaos: Chaos;
  readonly curve: 'flat' | 'week';
  /** As CrowdOptions.turnover. */
  readonly turnover: number;
  /** Start of the plan, milliseconds since 1970. */
  readonly clock: number;
  /** A scenario's expected number of sends by kind. */
  readonly expect: Readonly<Record<string, number>>;
  readonly scenario: string | undefined;
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

/** Options that only a run of shoppers has. */
const OF_RUNS = ['users', 'rate', 'duration', 'persona', 'target', 'curve', 'scenario', 'url'] as const;

/** @throws {ExpectationError} where a replay is given what only a run has */
export function refuseRunOptions(given: Readonly<Partial<Record<(typeof OF_RUNS)[number], unknown>>>): void {
  const name = OF_RUNS.find((one) => given[one] !== undefined);
  if (name !== undefined)
    throw new ExpectationError(
      `received --${name} with --replay, which sends recorded events as they came, expected one of the two`,
    );
}

/** @throws {ExpectationError} where it is no http: or https: URL */
export function checkUrl(url: string | undefined): void {
  if (url === undefined || (/^https?:/.test(url) && URL.canParse(url))) return;
  throw new ExpectationError(`url: received ${JSON.stringify(url)}, expected one as http://127.0.0.1:3000`);
}

/**
 * @param file of a scenario
 * @param now milliseconds since 1970
 * @throws {ExpectationError} for the first value that can't be used
 */
export const readOptions = (given: GivenOptions, file: string | undefined, now: number): RunOptions => ({
  ...optionsOf(given, file === undefined ? {} : readScenario(file), now),
  scenario: file,
});

/** As readOptions(), with a scenario that was read already. */
export function optionsOf(given: GivenOptions, scenario: Partial<Scenario>, now: number): RunOptions {
  const usersAtLeast = scenario.users === 0 ? 0 : 1;
  const users = wholeFrom('users', given.users ?? scenario.users ?? USUAL_USERS, usersAtLeast, 1_000_000);
  const rate = readRate(given.rate ?? scenario.rate, users);
  const lasts = given.duration ?? scenario.duration ?? '10m';
  const duration = parseDuration('duration', lasts);
  if (duration === 0)
    throw new ExpectationError(`duration: received ${JSON.stringify(lasts)}, expected more than 0, as 30s`);
  const target = oneOf('target', ['http', 'kafka'] as const, given.target ?? scenario.target ?? 'http');
  const usualCurve = duration >= DAY_MS ? 'week' : 'flat';
  const chaos = given.chaos === undefined ? NO_CHAOS : parseChaos(given.chaos);
  const timeline = timelineOf(scenario);
  return {
    users,
    rate,
    plannedRate: Number.isFinite(rate) ? rate : PLANNED_AT_MOST,
    duration,
    seed: wholeFrom('seed', given.seed ?? scenario.seed ?? 1, 0, Number.MAX_SAFE_INTEGER),
    personas: personasOf(given.persona ?? scenario.persona),
    target,
    ...timeline,
    faults: [...chaos.faults, ...timeline.faults],
    system: [...chaos.system, ...timeline.system],
    chaos,
    curve: oneOf('curve', ['flat', 'week'] as const, given.curve ?? scenario.curve ?? usualCurve),
    turnover: 0,
    clock: given.clock ?? now,
    expect: scenario.expect ?? {},
    scenario: undefined,
  };
}

function readRate(given: string | undefined, users: number): number {
  if (given === undefined) return users === 0 ? RATE_WITHOUT_USERS : users * USUAL_PACE;
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
