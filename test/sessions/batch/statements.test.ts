// The queries in their files as stages: which are made, in what order, and what is left of the tables afterwards.

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  makeSettings,
  makeStages,
  queryText,
  rowsOf,
  STAGES,
  type Stage,
  stageSql,
  viewSteps,
} from '../../../src/sessions/batch/statements.ts';

let connection: DuckDBConnection;
beforeEach(async () => {
  const instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  onTestFinished(() => {
    connection.closeSync();
    instance.closeSync();
  });
});

const input = (file: number, name: string) => ({ file, name, path: name, bytes: 1, gzip: false });

/** Two visitors, of whom one comes back exactly after the gap. */
async function makeEvents(): Promise<void> {
  await makeSettings(connection, [input(0, 'a.json')], { gapMs: 1_000, multiEventOnly: false });
  await connection.run(`CREATE TABLE kinds AS SELECT 0 AS kind, 'Chrome' AS browser_family, 'Linux' AS os_family,
    'Other' AS device_family`);
  await connection.run(`CREATE TABLE events AS SELECT visitor::UHUGEINT AS visitor, sent_ms::BIGINT AS sent_ms,
    0::SMALLINT AS file, 0 AS kind FROM (VALUES (1, 0), (1, 999), (1, 1999), (2, 5)) AS of (visitor, sent_ms)`);
}

/** Tables and views by name. */
const relations = async () =>
  Object.fromEntries(
    (
      await rowsOf(
        connection,
        `SELECT table_name, table_type FROM information_schema.tables ORDER BY table_name`,
      )
    ).map(({ table_name, table_type }) => [String(table_name), String(table_type)]),
  );

describe('settings', () => {
  it('settings are the gap, whether sessions of one event count, and the names of the files', async () => {
    const inputs = [input(0, 'a.json'), input(1, "it's.json")];
    await makeSettings(connection, inputs, { gapMs: 1_800_000, multiEventOnly: true });
    expect(await rowsOf(connection, 'FROM settings')).toEqual([{ gap_limit_ms: 1_800_000, with_single: 0 }]);
    expect(await rowsOf(connection, 'FROM files ORDER BY file')).toEqual([
      { file: 0, name: 'a.json' },
      { file: 1, name: "it's.json" },
    ]);
  });

  it('settings of all sessions count those of one event', async () => {
    await makeSettings(connection, [], { gapMs: 0, multiEventOnly: false });
    expect(await rowsOf(connection, 'SELECT with_single FROM settings')).toEqual([{ with_single: 1 }]);
  });
});

describe('stages', () => {
  it('stages are made one after the other, each of the ones before, and events go once they were read', async () => {
    await makeEvents();
    const made: Stage[] = [];
    await makeStages(connection, 'by_value', { onStage: (stage) => made.push(stage) });
    expect(made).toEqual(STAGES);
    const { events, ...others } = await relations();
    expect(events).toBeUndefined();
    expect(Object.keys(others).sort()).toEqual(['files', 'kinds', 'settings', ...STAGES].sort());
    expect(
      await rowsOf(
        connection,
        `SELECT duration_ms, single, sum(sessions) AS sessions FROM by_value
         WHERE field = 'os_family' GROUP BY ALL ORDER BY ALL`,
      ),
    ).toEqual([
      { duration_ms: 0, single: 1, sessions: 2 },
      { duration_ms: 999, single: 0, sessions: 1 },
    ]);
  });

  it('stages behind the one that is asked for are not made, and events stay where they are needed', async () => {
    await makeEvents();
    await makeStages(connection, 'steps', { keepEvents: true });
    const { single, numbered, ...made } = await relations();
    expect([single, numbered]).toEqual([undefined, undefined]);
    expect(made).toMatchObject({ events: 'BASE TABLE', steps: 'BASE TABLE' });
  });

  it('a stage that one query alone reads is a view, the others are tables', () => {
    const views = STAGES.filter((stage) => stageSql(stage).startsWith(`CREATE VIEW ${stage} AS `));
    const tables = STAGES.filter((stage) => stageSql(stage).startsWith(`CREATE TABLE ${stage} AS `));
    expect(views).toEqual(['single']);
    expect(tables).toHaveLength(STAGES.length - 1);
  });

  it('steps as a view leave the events as they are, for one query', async () => {
    await makeEvents();
    await viewSteps(connection);
    expect(await relations()).toMatchObject({ events: 'BASE TABLE', steps: 'VIEW' });
    expect(await rowsOf(connection, queryText('answer_files'))).toEqual([{ file: 'a.json', sessions: 3 }]);
  });
});

it('rows have whole numbers as numbers, and other values as they are', async () => {
  expect(
    await rowsOf(connection, `SELECT 2::HUGEINT AS sum, 0.5::DOUBLE AS half, 'a' AS text, NULL AS none`),
  ).toEqual([{ sum: 2, half: 0.5, text: 'a', none: null }]);
});
