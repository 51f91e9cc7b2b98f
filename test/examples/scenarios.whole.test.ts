// The scenarios that come along, each played to its end on the whole program as a reader would: what it expects comes of it, each fault is
// a period of the charts, what it breaks is broken, and `verify` finds no difference.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PipelineState } from '../../src/pipeline/state.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { type RunOptions, readOptions } from '../../src/simulator/options.ts';
import { run } from '../support/command.ts';
import { eventually } from '../support/eventually.ts';
import { LINE, type Program, programSettings, startProgram } from '../support/program.ts';

const FOLDER = path.join(packageRoot, 'examples', 'scenarios');
const PLAYED_SECONDS = 400;

type Scenario = { readonly name: string; readonly options: RunOptions };
const scenarios: readonly Scenario[] = readdirSync(FOLDER).map((name) => ({
  name,
  options: readOptions({}, path.join(FOLDER, name), 0),
}));
const breaking = scenarios.filter(({ options }) => options.system.length > 0);
const others = scenarios.filter((one) => !breaking.includes(one));

const programFor = async () =>
  startProgram({ ...(await programSettings()), RATE_LIMIT: 'off', LOG_LEVEL: 'silent' }, [...LINE, 'live']);
const settingsOf = ({ env }: Program) => {
  const { DATA_DIR = '', PORT = '', KAFKA_PORT = '', POSTGRES_PORT = '' } = env;
  return { DATA_DIR, PORT, KAFKA_PORT, POSTGRES_PORT };
};
const json = async <T>(program: Program, where: string) =>
  (await (await fetch(program.url + where)).json()) as T;

/** Plays a scenario, and verifies it. @returns how often each part has ended meanwhile */
async function play(program: Program, { name, options }: Scenario): Promise<Record<string, number>> {
  const ends = async () =>
    eventually(async () => {
      const { parts } = await json<PipelineState>(program, '/api/pipeline').catch(() => ({ parts: [] }));
      return parts.length > 0 && Object.fromEntries(parts.map((one) => [one.part, one.ends]));
    });
  const before = await ends();
  const file = path.join(FOLDER, name);
  const played = await run(['simulate', '--scenario', file], settingsOf(program), PLAYED_SECONDS);
  const failures = [...played.stderr.matchAll(/^simulate: (.*)$/gm)].map(([, words = '']) => words);
  // A machine that is busy, or a part that is away, may be late; a page may fail while its part is away. Nothing else may.
  const mayFail = /the rate was missed/;
  const mayFailBroken = /the rate was missed|pages were not answered as a shop does/;
  const allowed = options.system.length === 0 ? mayFail : mayFailBroken;
  expect([name, failures.filter((words) => !allowed.test(words))]).toEqual([name, []]);
  const [, id = ''] = /^run (\S+):/m.exec(played.stderr) ?? [];
  const verified = await run(['simulate', 'verify', id], settingsOf(program), PLAYED_SECONDS);
  expect([name, verified.code, verified.stdout + verified.stderr]).toEqual([
    name,
    0,
    expect.stringMatching(/\n0 differences\n$/),
  ]);
  const after = await ends();
  return Object.fromEntries(
    Object.entries(after).map(([part, count]) => [part, count - (before[part] ?? 0)]),
  );
}

type Periods = { readonly rows: readonly { readonly fault: string; readonly to: string | null }[] };

// They wait for most of their time, so all are played at once: what breaks a part, on a program of its own.
describe.concurrent('a scenario that comes along', { timeout: 2 * PLAYED_SECONDS * 1_000 }, () => {
  it('a scenario of faulty events comes to what it expects, beside others, and each of its faults is a period of the charts', async () => {
    const program = await programFor();
    expect(others.length).toBeGreaterThan(3);
    await Promise.all(others.map((one) => play(program, one)));
    const { rows } = await json<Periods>(program, '/api/faults');
    const faults = new Set(others.flatMap(({ options }) => options.faults.map(({ fault }) => fault)));
    expect(new Set(rows.map(({ fault }) => fault))).toEqual(faults);
    expect(rows.every(({ to }) => to !== null)).toBe(true);
  });

  it.each(breaking)('a scenario that breaks the pipe loses nothing: $name', async (scenario) => {
    const program = await programFor();
    const ended = await play(program, scenario);
    const kills = scenario.options.system.flatMap(({ fault }) => (fault.do === 'kill' ? [fault.part] : []));
    for (const part of new Set(kills))
      expect(ended[part]).toBeGreaterThanOrEqual(kills.filter((one) => one === part).length);
    const { ledger, faults } = await json<PipelineState>(program, '/api/pipeline');
    expect(ledger).toMatchObject({ missing: 0, whole: true });
    expect(faults).toEqual([]);
  });
});
