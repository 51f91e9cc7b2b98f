// Live sessions in their table: what the migration makes of those of before, lengths beyond four bytes, and how far the clock has
// closed them.

import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../../src/db/migrate.ts';
import { type Client, type Pool, transaction } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { packageRoot } from '../../../src/runtime/paths.ts';
import { GAP_MS } from '../../../src/sessions/live/core/step.ts';
import { takeEvents } from '../../../src/sessions/live/handler.ts';
import { closeOver } from '../../../src/sessions/live/running-sessions.ts';
import { emptyDatabase, migratedDatabase, openTestPool, testLog } from '../../support/database.ts';
import { temporaryFolder } from '../../support/line.ts';

const T = Date.UTC(2026, 2, 10);
const DAY = 86_400_000;

const send = (pool: Pool, user_id: string, ...times: number[]): Promise<number> =>
  transaction(pool, (client: Client) =>
    takeEvents(
      client,
      times.map((sent_ms) => ({ user_id, robot: false, simulated: false, sent_ms, arrived_ms: sent_ms })),
    ),
  );

const sessionsOf = async (pool: Pool) => (await pool.query('SELECT * FROM sessions ORDER BY id')).rows;
const reasonsOf = async (pool: Pool) =>
  (await pool.query('SELECT because, closed FROM session_revisions ORDER BY seq')).rows.map(
    ({ because, closed }) => `${because}${closed ? ', closed' : ''}`,
  );

/** A folder with the migrations before one. */
function migrationsBefore(name: string): string {
  const folder = temporaryFolder();
  for (const one of readdirSync(path.join(packageRoot, 'migrations')))
    if (one < name) copyFileSync(path.join(packageRoot, 'migrations', one), path.join(folder, one));
  return folder;
}

describe('the migration', () => {
  it('the migration keeps every session to the millisecond, and the open ones open', async () => {
    const pool = openTestPool(await emptyDatabase());
    await migrate(pool, testLog, 'UTC', migrationsBefore('0027'));
    const rows = [
      { id: 1, from: T + 1, to: T + 1, robot: false, simulated: false, open: false },
      { id: 2, from: T + 2, to: T + 7 * DAY, robot: true, simulated: true, open: true },
      { id: 3, from: T - 60 * DAY, to: T + 8 * DAY + 999, robot: true, simulated: false, open: true },
      { id: 4, from: T + 4, to: T + GAP_MS, robot: false, simulated: true, open: false },
    ].map(({ from, to, ...row }) => ({
      ...row,
      user_id: newId(),
      started_at: new Date(from),
      ended_at: new Date(to),
      events: row.id + 5,
      revision: row.id + 1,
    }));
    await pool.query('INSERT INTO sessions SELECT * FROM json_populate_recordset(NULL::sessions, $1)', [
      JSON.stringify(rows),
    ]);
    await migrate(pool, testLog, 'UTC');
    const kept = (await sessionsOf(pool)).map((row) => ({
      ...row,
      user_id: row.user_id.replaceAll('-', ''),
    }));
    expect(kept).toEqual(rows);
  });
});

it('a session of more than 24 days has its end to the millisecond, and goes on', async () => {
  const { pool } = await migratedDatabase();
  const [user, days] = [newId(), 30];
  const times = Array.from({ length: days * 49 }, (_, n) => T + Math.round((n * DAY) / 49));
  for (let at = 0; at < times.length; at += 700) await send(pool, user, ...times.slice(at, at + 700));
  const end = Math.max(...times) + 12_345;
  await send(pool, user, end);
  expect(await sessionsOf(pool)).toMatchObject([
    { started_at: new Date(T), ended_at: new Date(end), events: times.length + 1 },
  ]);
});

it('the clock closes each session once, also where thousands end at one instant', async () => {
  const { pool } = await migratedDatabase();
  await pool.query('UPDATE sessions_closed_until SET ms = $1', [T]);
  const users = Array.from({ length: 6_000 }, newId);
  await transaction(pool, (client) =>
    takeEvents(
      client,
      users.map((user_id) => ({ user_id, robot: false, simulated: false, sent_ms: T, arrived_ms: T })),
    ),
  );
  await send(pool, newId(), T + 1);
  const over = T + GAP_MS;
  expect(await closeOver(pool, over - 1)).toEqual({ closed: 0, untilMs: over - 1 });
  expect(await closeOver(pool, over)).toEqual({ closed: 6_000, untilMs: over });
  expect(await closeOver(pool, over)).toMatchObject({ closed: 0 });
  expect((await sessionsOf(pool)).filter(({ open }) => open)).toHaveLength(1);
  expect((await reasonsOf(pool)).filter((reason) => reason === 'closed, closed')).toHaveLength(6_000);
});

it('a late event opens a closed session again where time is left, and it is closed again', async () => {
  const { pool } = await migratedDatabase();
  await pool.query('UPDATE sessions_closed_until SET ms = $1', [T]);
  const user = newId();
  await send(pool, user, T);
  await closeOver(pool, T + GAP_MS + 500);
  await send(pool, user, T + 100);
  await send(pool, user, T + 1_000);
  await closeOver(pool, T + GAP_MS + 1_000);
  expect(await reasonsOf(pool)).toEqual([
    'opened',
    'closed, closed',
    'continued, closed',
    'continued',
    'closed, closed',
  ]);
});

it('where the clock was set back, sessions are open again until it has come to their end', async () => {
  const { pool } = await migratedDatabase();
  const user = newId();
  await pool.query('UPDATE sessions_closed_until SET ms = $1', [T + 365 * DAY]);
  await send(pool, user, T);
  expect(await closeOver(pool, T + 1_000)).toEqual({ closed: 0, untilMs: T + 1_000 });
  await send(pool, user, T + 2_000);
  expect(await closeOver(pool, T + 2_000 + GAP_MS)).toMatchObject({ closed: 1 });
  expect(await reasonsOf(pool)).toEqual(['opened, closed', 'continued', 'closed, closed']);
});
