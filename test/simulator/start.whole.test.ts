// The shoppers of `npm start`, as it is started without a word about them, and with one: about an event a second by itself, each of which
// says that it is simulated, and none with --quiet or SIMULATOR=off.

import pg from 'pg';
import { expect, it } from 'vitest';
import type { PipelineState } from '../../src/pipeline/state.ts';
import { MAIN } from '../support/command.ts';
import { eventually } from '../support/eventually.ts';
import { type Program, programSettings, startProgram } from '../support/program.ts';

const EVENTS = 30;
const START_MS = 400_000;

async function settings(): Promise<Record<string, string>> {
  const { SIMULATOR: _, ...rest } = await programSettings();
  return rest;
}

async function databaseOf(program: Program): Promise<pg.Client> {
  const database = new pg.Client(program.databaseUrl());
  // Of a test that failed, it is still there when the program is ended.
  database.on('error', () => {});
  await database.connect();
  return database;
}

const COUNT = `SELECT count(*)::int AS events, count(*) FILTER (WHERE is_simulated(context))::int AS simulated,
  extract(epoch FROM max("time") - min("time"))::float8 AS seconds FROM events WHERE stored_in IS NOT NULL`;
type Counted = { readonly events: number; readonly simulated: number; readonly seconds: number };

const get = async (program: Program, path: string) => {
  const response = await fetch(program.url + path, { headers: { Accept: 'text/html' } });
  expect(response.status).toBe(200);
  return response.text();
};
const json = async <T>(program: Program, path: string) =>
  (await (await fetch(program.url + path)).json()) as T;

it(
  'the shoppers of npm start come without being asked for, about an event a second, and the first pages say who they are',
  async () => {
    const program = await startProgram(await settings());
    const database = await databaseOf(program);
    const counted = async () => (await database.query<Counted>(COUNT)).rows[0];
    const { events, simulated, seconds } = await eventually(async () => {
      const now = await counted();
      return (now?.events ?? 0) >= EVENTS && now;
    }, 180);
    expect(simulated).toBe(events);
    const rate = (events - 1) / seconds;
    expect(rate).toBeGreaterThan(0.3);
    expect(rate).toBeLessThan(3);
    expect(await json(program, '/api/simulator')).toMatchObject({
      state: 'running',
      settings: { running: true, rate: 1 },
      run: { errors: 0 },
    });

    // The dashboards name them, and their filter leaves all of them out.
    for (const page of ['/dashboard', '/dashboard/live']) {
      const text = await get(program, page);
      expect(text).toContain('Simulated shoppers');
      expect(text).toContain('name="simulated"');
    }
    type Panels = { readonly visitors: readonly { readonly events: number }[] };
    const seen = async (filter: string) =>
      (await json<Panels>(program, `/api/live/panels?simulated=${filter}`)).visitors.reduce(
        (sum, bar) => sum + bar.events,
        0,
      );
    await eventually(async () => (await seen('include')) > 0 && (await seen('only')) > 0);
    expect(await seen('exclude')).toBe(0);

    // A person's own visit is left in.
    const response = await fetch(`${program.url}/`, {
      headers: { 'User-Agent': 'Mozilla/5.0 Firefox/146.0' },
    });
    expect(response.status).toBe(200);
    await eventually(async () => (await seen('exclude')) === 1);
    const { rows } = await database.query<{ id: string }>(
      `SELECT replace(order_id::text, '-', '') AS id FROM events WHERE is_simulated(context) LIMIT 1`,
    );
    expect(await get(program, `/events/${rows[0]?.id}`)).toContain('<strong>Simulated</strong>');
    await database.end();
    await program.stop();
  },
  START_MS,
);

it.each([
  ['--quiet', ['--quiet'], {}],
  ['SIMULATOR=off', [], { SIMULATOR: 'off' }],
  ['--simulator off', ['--simulator', 'off'], {}],
] as const)(
  'the shoppers of npm start do not come with %s, and nothing moves by itself',
  async (_, args, given) => {
    const program = await startProgram({ ...(await settings()), ...given }, [...args], {
      command: [process.execPath, MAIN],
    });
    const { parts } = await eventually(async () => {
      const now = await json<PipelineState>(program, '/api/pipeline');
      return now.parts.length > 0 && now.parts.every(({ state }) => state === 'running') && now;
    });
    expect(parts.map(({ part }) => part)).toEqual(expect.arrayContaining(['web', 'ingest', 'live']));
    expect(parts.map(({ part }) => part)).not.toContain('simulator');
    expect(await json(program, '/api/simulator')).toMatchObject({ state: 'absent', run: null });
    const database = await databaseOf(program);
    expect((await database.query<Counted>(COUNT)).rows[0]).toMatchObject({ events: 0 });
    expect((await json<PipelineState>(program, '/api/pipeline')).ledger).toMatchObject({ acknowledged: 0 });
    await database.end();
    await program.stop();
  },
  START_MS,
);
