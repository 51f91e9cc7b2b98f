// Revisions of sessions as records of the topic: taken once, in the order of the changes.

import { beforeEach, expect, it } from 'vitest';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { revisionOutbox } from '../../../src/sessions/live/outbox.ts';
import { closeOver } from '../../../src/sessions/live/running-sessions.ts';
import { migratedDatabase } from '../../support/database.ts';
import { send } from './sent.ts';

const T = Date.UTC(2026, 2, 10);
const MINUTE = 60_000;

let pool: Pool;
beforeEach(async () => {
  ({ pool } = await migratedDatabase());
  await pool.query('UPDATE sessions_closed_until SET ms = $1', [T]);
});

const take = async () => {
  const { messages } = await transaction(pool, revisionOutbox.take);
  return messages.map(({ key, value }) => ({ key, value: JSON.parse(String(value)) }));
};

it('each change of a session is a record, keyed by the visitor, that says what it replaces and why', async () => {
  const visitor = newId();
  await send(pool, visitor, [T]);
  await send(pool, visitor, [T + 10 * MINUTE]);
  await send(pool, visitor, [T + 5 * MINUTE]);
  await closeOver(pool, T + 60 * MINUTE);
  const records = await take();
  expect(new Set(records.map(({ key }) => key))).toEqual(new Set([visitor]));
  const [first, ...others] = records.map(({ value }) => value);
  const { session_id } = first;
  expect(first).toEqual({
    session_id,
    revision: 1,
    revises: null,
    because: 'opened',
    late_by_ms: 0,
    user_id: visitor,
    robot: false,
    started_at: new Date(T).toISOString(),
    ended_at: new Date(T).toISOString(),
    duration_ms: 0,
    events: 1,
    closed: false,
    merged_into: null,
  });
  const later = { session_id, started_at: first.started_at, duration_ms: 10 * MINUTE };
  expect(others).toMatchObject([
    { ...later, revision: 2, revises: 1, because: 'continued', events: 2, closed: false },
    { ...later, revision: 3, revises: 2, because: 'late', late_by_ms: 5 * MINUTE, events: 3 },
    { ...later, revision: 4, revises: 3, because: 'closed', events: 3, closed: true },
  ]);
});

it('two sessions that a late event merges are a record each, of which one names the other', async () => {
  const visitor = newId();
  await send(pool, visitor, [T, T + 40 * MINUTE]);
  await take();
  await send(pool, visitor, [T + 20 * MINUTE]);
  const [gone, kept] = (await take()).map(({ value }) => value);
  expect(gone).toMatchObject({ because: 'merged', merged_into: kept.session_id });
  expect(kept).toMatchObject({
    because: 'merged',
    merged_into: null,
    events: 3,
    duration_ms: 40 * MINUTE,
  });
});

it('records are taken once, and are there again where they were not acknowledged', async () => {
  await send(pool, newId(), [T]);
  const failing = transaction(pool, async (client) => {
    expect((await revisionOutbox.take(client)).messages).toHaveLength(1);
    throw new Error('Kafka is gone');
  });
  await expect(failing).rejects.toThrow('Kafka is gone');
  expect(await take()).toHaveLength(1);
  expect(await take()).toEqual([]);
});

it('no more records are taken at once than the outbox says, the oldest first', async () => {
  await pool.query(
    `INSERT INTO session_revisions (started_at, ended_at, late_by_ms, session_id, revision, events, user_id, robot, closed, because)
     SELECT now(), now(), 0, n, 1, 1, gen_random_uuid(), false, false, 'opened' FROM generate_series(1, $1::int) AS n`,
    [revisionOutbox.mostRows + 2],
  );
  const ids = (await take()).map(({ value }) => value.session_id);
  expect(ids).toEqual(Array.from({ length: revisionOutbox.mostRows }, (_, n) => n + 1));
  expect(await take()).toHaveLength(2);
});
