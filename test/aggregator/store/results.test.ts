// Flushed rows and records set aside, written to a real database and read again.

import { beforeAll, expect, it } from 'vitest';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { sessionId } from '../../../src/aggregator/core/session.ts';
import { type Flushed, flushEnded, newState, step } from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import {
  insertAsides,
  insertResults,
  lastResult,
  readResults,
} from '../../../src/aggregator/store/results.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { migratedDatabase } from '../../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

const AT = Date.UTC(2024, 0, 31, 12, 0, 0, 1);

/** What is flushed of records with these values, one session each. */
function flushedOf(name: string, values: Iterable<string>): Flushed[] {
  const fields = new FieldTable();
  const definition = checkValue({
    name,
    group: { fields: ['user'] },
    aggregate: [{ operation: 'COUNT' }],
    flush: { by: 'END_OF_STREAM' },
  });
  const state = newState(compile(definition, 3, fields), 'batch');
  let position = 0;
  for (const value of values) {
    position += 1;
    step(state, { cells: [value], source: 'f.csv', position, at: AT }, AT);
  }
  return flushEnded(state, 'END_OF_STREAM', AT);
}

const insert = (flushed: Iterable<Flushed>, run?: number) =>
  transaction(pool, (client) => insertResults(client, flushed, run));

async function newRun(definition: string): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO aggregator_runs (definition, version, inputs, clock) VALUES ($1, 1, '[]', now()) RETURNING id`,
    [definition],
  );
  return rows[0]?.id ?? 0;
}

it('rows are written with their definition, id, time and run, and returned as Postgres has them', async () => {
  await transaction(pool, (client) =>
    client.query("INSERT INTO aggregator_definitions (name, version) VALUES ('of-run', 1)"),
  );
  const run = await newRun('of-run');
  const flushed = flushedOf('of-run', ['A', 'ü "q"\n', '\u0000', '\ud800']);
  const written = await insert(flushed, run);
  const { rows } = await pool.query(
    `SELECT definition, id, run, flushed_at, forwarded_at, row::text AS row FROM aggregator_results
     WHERE definition = 'of-run' ORDER BY seq`,
  );
  expect(rows.map(({ row: _, ...rest }) => rest)).toEqual(
    flushed.map(({ session }) => ({
      definition: 'of-run',
      id: sessionId(session),
      run,
      flushed_at: new Date(AT),
      forwarded_at: null,
    })),
  );
  const texts = rows.map(({ row }) => row);
  expect(written.flatMap((part) => part.texts())).toEqual(texts);
  expect(texts.map((text) => JSON.parse(text).user)).toEqual(['A', 'ü "q"\n', '\u0000', '\ud800']);
});

it('nothing that was flushed writes nothing', async () => {
  expect(await insert([])).toEqual([]);
});

it.each([5_000, 5_001, 12_000])('%i rows are written in their order, 5,000 at once', async (count) => {
  const name = `many-${count}`;
  const values = Array.from({ length: count }, (_, at) => `u${at}`);
  const written = await insert(flushedOf(name, values));
  expect(written.map((part) => part.texts().length)).toEqual(
    Array.from({ length: Math.ceil(count / 5_000) }, (_, part) => Math.min(5_000, count - 5_000 * part)),
  );
  const { rows } = await pool.query<{ user: string }>(
    `SELECT row ->> 'user' AS user FROM aggregator_results WHERE definition = $1 ORDER BY seq`,
    [name],
  );
  expect(rows.map(({ user }) => user)).toEqual(values);
});

it('rows are made as they are written: the whole of them is never asked for at once', async () => {
  const all = flushedOf(
    'made',
    Array.from({ length: 12_000 }, (_, at) => `u${at}`),
  );
  let made = 0;
  function* making() {
    for (const one of all) {
      made += 1;
      yield one;
    }
  }
  const first = transaction(pool, async (client) => {
    const writing = insertResults(client, making(), undefined);
    const before = made;
    await writing;
    return before;
  });
  // The first part, and the first row behind it that says that it is whole.
  expect(await first).toBeLessThanOrEqual(5_001);
  expect(made).toBe(12_000);
});

it('rows of a transaction that fails are none, and it fails with the first error', async () => {
  const [one] = flushedOf('twice', ['A']);
  if (one === undefined) throw new Error('nothing was flushed');
  await expect(insert([one, one])).rejects.toMatchObject({ code: '23505' });
  expect(await lastResult(pool, 'twice')).toBe(0);
});

it('rows of real time are read from one on, in their order, without those of runs over files', async () => {
  await transaction(pool, (client) =>
    client.query("INSERT INTO aggregator_definitions (name, version) VALUES ('read', 1)"),
  );
  const users = async (behind: number) =>
    (await readResults(pool, 'read', behind)).map(({ row }) => JSON.parse(row).user);
  expect([await lastResult(pool, 'read'), await users(0)]).toEqual([0, []]);
  await insert(flushedOf('read', ['A', 'B']));
  const before = await lastResult(pool, 'read');
  await insert(flushedOf('read', ['C', 'D', 'E'].slice(0, 1)));
  await insert(flushedOf('read', ['1', '2', '3', 'of a run']).slice(3), await newRun('read'));
  await insert(flushedOf('other', ['X']));
  expect([await users(0), await users(before), await users(await lastResult(pool, 'read'))]).toEqual([
    ['A', 'B', 'C'],
    ['C'],
    [],
  ]);
});

it('thousands of rows of real time are read 5,000 at once', async () => {
  await insert(
    flushedOf(
      'pages',
      Array.from({ length: 5_002 }, (_, at) => `u${at}`),
    ),
  );
  const page = await readResults(pool, 'pages', 0);
  expect(page).toHaveLength(5_000);
  expect(await readResults(pool, 'pages', page.at(-1)?.seq ?? 0)).toHaveLength(2);
});

it('thousands of records are set aside with their places and any text, with the run that has read them', async () => {
  await transaction(pool, (client) =>
    client.query("INSERT INTO aggregator_definitions (name, version) VALUES ('asides', 1)"),
  );
  const asides = Array.from({ length: 5_001 }, (_, at) => ({
    source: at === 0 ? "a 'b', {c}.csv" : 'f.csv',
    position: at === 1 ? Number.MAX_SAFE_INTEGER : at,
    field: at % 2 === 0 ? '' : 'n',
    message: `received "\u0000\ud800 {"a",NULL}", of ${at}`,
  }));
  const run = await newRun('asides');
  await transaction(pool, (client) => insertAsides(client, 'asides', asides, run));
  await transaction(pool, (client) => insertAsides(client, 'asides', asides.slice(0, 1), undefined));
  await transaction(pool, (client) => insertAsides(client, 'asides', [], undefined));
  const { rows } = await pool.query(
    `SELECT run, source, position, field, message FROM aggregator_set_aside WHERE definition = 'asides' ORDER BY seq`,
  );
  expect(rows).toEqual([...asides.map((aside) => ({ run, ...aside })), { run: null, ...asides[0] }]);
});
