// One definition at work on a topic: a real broker, a real database, checks every few milliseconds.

import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { FailureNote } from '../../../src/aggregator/realtime/failure-note.ts';
import { DefinitionDeletedError } from '../../../src/aggregator/realtime/live-sessions.ts';
import { RunningDefinition } from '../../../src/aggregator/realtime/running-definition.ts';
import type { Change } from '../../../src/aggregator/realtime/transacted.ts';
import { deleteDefinition } from '../../../src/aggregator/store/definitions.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { testLog } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { startTopics } from './on-topics.ts';

let topics: Awaited<ReturnType<typeof startTopics>>;
let pool: Pool;
beforeAll(async () => {
  topics = await startTopics();
  ({ pool } = topics);
});

const CHECK_MS = 20;

/** Runs a definition on the topic of its name until the test is over. */
async function running(name: string, timeout = '{ type: HOUR, hours: 1 }') {
  await topics.save(`name: ${name}
topic: ${name}
group: { fields: [user] }
aggregate: [{ field: n, operation: SUM }]
flush: { by: TIMEOUT, timeout: ${timeout} }
`);
  const changes: Change[] = [];
  const crashes: Error[] = [];
  const failure = new FailureNote(pool, name, testLog);
  const definition = new RunningDefinition(
    topics.kafka,
    pool,
    'cluster',
    { name, topic: name, checkMs: CHECK_MS },
    testLog,
    failure,
    (change) => changes.push(change),
  );
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= definition.stop();
    return stopped;
  };
  onTestFinished(stop);
  await definition.start((error) => crashes.push(error));
  const failureOf = async () => {
    const { rows } = await pool.query<{ failure: string | null }>(
      'SELECT failure FROM aggregator_definitions WHERE name = $1',
      [name],
    );
    return rows[0]?.failure;
  };
  return { changes, crashes, stop, failureOf };
}

const revisionOf = async (name: string) => {
  const { rows } = await pool.query<{ revision: number }>(
    'SELECT revision FROM aggregator_definitions WHERE name = $1',
    [name],
  );
  return rows[0]?.revision;
};
const openOf = async (name: string) => {
  const { rows } = await pool.query<{ open: number }>(
    'SELECT count(*) AS open FROM aggregator_sessions WHERE definition = $1',
    [name],
  );
  return rows[0]?.open;
};

it('a definition makes its topic, takes what comes, and flushes at a check what is due, to its own topic too', async () => {
  const { changes, failureOf } = await running('due', '{ type: TIMESTAMP, field: due }');
  const far = '2999-01-01T00:00:00';
  await topics.send('due', [
    JSON.stringify({ user: 'A', n: 1, due: '2020-01-01T00:00:00' }),
    JSON.stringify({ user: 'B', n: 2, due: far }),
    'no JSON',
  ]);
  const rows = await eventually(async () => {
    const found = await topics.resultsOf('due');
    return found.length === 1 ? found : undefined;
  });
  expect(rows).toMatchObject([{ user: 'A', sum_n: 1, meta: { flush_type: 'TIMEOUT' } }]);
  expect(await topics.readTopic('aggregates.due', (values) => values.length > 0)).toEqual(rows);
  await eventually(async () => changes.reduce((sum, { asides }) => sum + asides, 0) === 1);
  expect(changes.reduce((sum, { flushed }) => sum + flushed, 0)).toBe(1);
  await eventually(async () => (await openOf('due')) === 1);
  expect(await failureOf()).toBeNull();
});

it('a check that finds nothing due changes nothing, which open pages and other processes would hear of', async () => {
  const { changes } = await running('idle');
  await topics.send('idle', [JSON.stringify({ user: 'A', n: 1 })]);
  await eventually(() => changes.length > 0);
  const before = await revisionOf('idle');
  // Another definition's checks go by meanwhile.
  const other = await running('beside', '{ type: TIMESTAMP, field: due }');
  await topics.send('beside', [JSON.stringify({ user: 'A', n: 1, due: '2020-01-01T00:00:00' })]);
  await eventually(() => other.changes.some(({ flushed }) => flushed === 1));
  expect(await revisionOf('idle')).toBe(before);
});

it('a definition that is deleted crashes at its next check, which no record has to come for', async () => {
  const { crashes } = await running('deleted');
  await transaction(pool, (client) => deleteDefinition(client, 'deleted'));
  await eventually(() => crashes.length > 0);
  expect(crashes[0]).toBeInstanceOf(DefinitionDeletedError);
});

it('a check that fails is noted as why the definition does not run, until one does not', async () => {
  const { failureOf, crashes } = await running('fails');
  await pool.query('ALTER TABLE aggregator_sessions RENAME COLUMN due_at TO elsewhere');
  try {
    await eventually(async () => (await failureOf())?.includes('due_at'));
  } finally {
    await pool.query('ALTER TABLE aggregator_sessions RENAME COLUMN elsewhere TO due_at');
  }
  await eventually(async () => (await failureOf()) === null);
  expect(crashes).toEqual([]);
});

it('records that Postgres does not take are noted as why the definition does not run, until it does', async () => {
  const { failureOf, changes } = await running('refused');
  // What a check asks for is there.
  await pool.query('ALTER TABLE aggregator_sessions RENAME COLUMN updated_day TO elsewhere');
  try {
    await topics.send('refused', [JSON.stringify({ user: 'A', n: 1 })]);
    await eventually(async () => (await failureOf())?.includes('updated_day'));
    expect(changes).toEqual([]);
  } finally {
    await pool.query('ALTER TABLE aggregator_sessions RENAME COLUMN elsewhere TO updated_day');
  }
  await eventually(() => changes.some(({ open }) => open === 1));
  await eventually(async () => (await failureOf()) === null);
});

it('a definition that is stopped takes no record and checks nothing more, and another goes on where it was', async () => {
  const first = await running('stopped');
  await topics.send('stopped', [JSON.stringify({ user: 'A', n: 1 })]);
  await eventually(() => first.changes.length > 0);
  await first.stop();
  const { length } = first.changes;
  await topics.send('stopped', [JSON.stringify({ user: 'A', n: 2 }), JSON.stringify({ user: 'B', n: 4 })]);
  const second = await running('stopped');
  await eventually(async () => (await openOf('stopped')) === 2);
  expect(first.changes).toHaveLength(length);
  const { rows } = await pool.query<{ sum: string }>(
    `SELECT state -> 2 ->> 0 AS sum FROM aggregator_sessions WHERE definition = 'stopped' ORDER BY key`,
  );
  expect(rows.map(({ sum }) => sum)).toEqual(['3', '4']);
  expect(second.crashes).toEqual([]);
});
