// The clock closes live sessions: each once, also late ones and after the clock was set back.

import { expect, it } from 'vitest';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { GAP_MS } from '../../../src/sessions/live/core/step.ts';
import { takeEvents } from '../../../src/sessions/live/handler.ts';
import { closeOver } from '../../../src/sessions/live/running-sessions.ts';
import { migratedDatabase } from '../../support/database.ts';
import { send, sessionsOf } from './sent.ts';

const T = Date.UTC(2026, 2, 10);
const DAY = 86_400_000;

const reasonsOf = async (pool: Pool) =>
  (await pool.query('SELECT because, closed FROM session_revisions ORDER BY seq')).rows.map(
    ({ because, closed }) => `${because}${closed ? ', closed' : ''}`,
  );

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
  await send(pool, newId(), [T + 1]);
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
  await send(pool, user, [T]);
  await closeOver(pool, T + GAP_MS + 500);
  await send(pool, user, [T + 100]);
  await send(pool, user, [T + 1_000]);
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
  await send(pool, user, [T]);
  expect(await closeOver(pool, T + 1_000)).toEqual({ closed: 0, untilMs: T + 1_000 });
  await send(pool, user, [T + 2_000]);
  expect(await closeOver(pool, T + 2_000 + GAP_MS)).toMatchObject({ closed: 1 });
  expect(await reasonsOf(pool)).toEqual(['opened, closed', 'continued', 'closed, closed']);
});
