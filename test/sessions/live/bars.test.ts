// Live sessions by the half hour, up to the one that is not over.

import { beforeEach, expect, it } from 'vitest';
import type { Pool } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { USUAL } from '../../../src/events/whose.ts';
import { changingBars, sessionBars } from '../../../src/sessions/live/bars.ts';
import { migratedDatabase } from '../../support/database.ts';
import { send } from './sent.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 2, 10, 12);
const iso = (minutes: number) => new Date(NOON + minutes * MINUTE).toISOString();

let pool: Pool;
beforeEach(async () => {
  ({ pool } = await migratedDatabase());
});

const visit = (minutes: number, of = {}) => send(pool, newId(), [NOON + minutes * MINUTE], of);

it('bars are as many half hours as are wanted, zeros included, each with the sessions that began in it', async () => {
  for (const minutes of [-61, -60, -31, -30, 0, 4, 5]) await visit(minutes);
  await visit(1, { robot: true });
  expect(await sessionBars(pool, NOON + 5 * MINUTE, 4)).toEqual([
    { from: iso(-90), to: iso(-60), sessions: 1 },
    { from: iso(-60), to: iso(-30), sessions: 2 },
    { from: iso(-30), to: iso(0), sessions: 1 },
    { from: iso(0), to: iso(30), sessions: 3 },
  ]);
});

it('a session that begins after the moment that is asked for is not counted yet', async () => {
  await visit(10);
  const now = NOON + 5 * MINUTE;
  expect(await sessionBars(pool, now, 1)).toEqual([{ from: iso(0), to: iso(30), sessions: 0 }]);
  expect(await sessionBars(pool, now + 5 * MINUTE, 1)).toMatchObject([{ sessions: 1 }]);
});

it('a bar says how many late events have changed it, and which session is its newest', async () => {
  const bar = async () => (await changingBars(pool, NOON + 35 * MINUTE, 2, USUAL))[0];
  expect(await bar()).toMatchObject({ sessions: 0, late: 0, last_id: null });
  await visit(1);
  const before = await bar();
  expect(before).toMatchObject({ sessions: 1, late: 0, last_id: expect.any(Number) });
  await pool.query(`INSERT INTO late_session_bars (from_ms, marks, late) VALUES ($1, '-', 3)`, [NOON]);
  await visit(2);
  expect(await bar()).toMatchObject({ from: iso(0), sessions: 2, late: 3 });
  expect((await bar())?.last_id).toBeGreaterThan(before?.last_id ?? 0);
});
