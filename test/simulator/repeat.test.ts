// Whatever a run was started with, the line that repeats it is read as the same run.

import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import type { Fault } from '../../src/simulator/core/faults.ts';
import { PERSONAS } from '../../src/simulator/core/personas.ts';
import { type GivenOptions, readOptions } from '../../src/simulator/options.ts';
import { commandOf } from '../../src/simulator/repeat.ts';

const NOW = Date.parse('2026-03-02T09:00:00.000Z');
const read = (given: GivenOptions) => readOptions(given, undefined, NOW);

/** The options of a line, read as the command line reads them. */
function again(line: string): GivenOptions {
  const given = (name: string) => new RegExp(`--${name} (\\S+)`).exec(line)?.[1];
  const clock = given('clock');
  return {
    users: Number(given('users')),
    rate: given('rate'),
    duration: given('duration'),
    seed: Number(given('seed')),
    persona: given('persona'),
    target: given('target'),
    chaos: given('chaos'),
    curve: given('curve'),
    clock: clock === undefined ? undefined : Date.parse(clock),
  };
}

it.each<GivenOptions>([
  {},
  { users: 5, rate: '2', duration: '30s', seed: 4, chaos: 'late=5%@1s+2s', target: 'kafka' },
  { users: 1_000_000, rate: 'max', duration: '400d', target: 'kafka', clock: 0 },
  { chaos: 'all=1.1%,late=0.00001%@400h', target: 'kafka', curve: 'week' },
  { chaos: 'kill=ingest@10s,late=5%,kafka=slow:800ms@1m+8s,outbox=full+5s' },
  { persona: PERSONAS[0]?.name ?? '', rate: '0.0001', seed: Number.MAX_SAFE_INTEGER },
])('the line that repeats a run repeats %j', (given) => {
  const options = read(given);
  expect(read(again(commandOf(options)))).toEqual(options);
});

it('the line that repeats a run repeats the rate and the faults that were set on the page, with all their digits', () => {
  const [rate, share] = [1 / 3, 0.123_456_789_012_345];
  const faults: Fault[] = [{ fault: 'late', share, from: 0, until: Number.POSITIVE_INFINITY }];
  expect(read(again(commandOf({ ...read({}), rate, faults })))).toMatchObject({ rate, faults });
});

it('the line that repeats a run names the scenario, and beside it only what the command line has added', () => {
  const file = path.join(packageRoot, 'examples', 'scenarios', 'late-data.yaml');
  const given = { chaos: 'duplicate=5%,pause=broker@1s+3s', seed: 9 };
  const options = readOptions(given, file, NOW);
  const line = commandOf(options);
  expect(line).toContain(`--scenario ${file} --users 100`);
  expect(readOptions(again(line), file, NOW)).toEqual(options);
  expect(commandOf({ ...options, scenario: "a b's.yaml" })).toContain("--scenario 'a b'\\''s.yaml' ");
});

it('the line that repeats a run has the time also at the shop, for the hours and weekdays of its curve', () => {
  expect(commandOf(read({ target: 'http' }))).toContain('--clock 2026-03-02T09:00:00.000Z');
});

it('the line that repeats a run leaves shoppers to the scenario that has none', () => {
  const file = path.join(packageRoot, 'lessons', '08-sessions.yaml');
  const options = readOptions({}, file, NOW);
  const line = commandOf(options);
  expect(line).toContain(`--scenario ${file} --duration 6000ms --seed 1 --target http`);
  const { users: _, ...given } = again(line);
  expect(readOptions(given, file, NOW)).toEqual(options);
});
