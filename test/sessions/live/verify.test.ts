// Live sessions beside those that the batch finds in the stored events: none differs, or the one that does is named from both sides.

import { beforeEach, expect, it } from 'vitest';
import { moveOffset } from '../../../src/consumer/offsets.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { sessionsSubscription } from '../../../src/sessions/live/running-sessions.ts';
import { verifySessions } from '../../../src/sessions/live/verify.ts';
import { migratedDatabase } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { INGEST, ingested } from '../../support/ingested.ts';
import { send } from './sent.ts';

const MINUTE = 60_000;
const HOURS = 2;

let pool: Pool;
let now: number;
beforeEach(async () => {
  ({ pool } = await migratedDatabase());
  now = Date.now();
});

const timeOf = (ago: number) => new Date(now - ago * MINUTE).toISOString();

type Visit = { readonly visitor?: string; readonly robot?: boolean; readonly live?: boolean };

/** Stores a visitor's events of so many minutes ago, as live sessions have them unless told otherwise. */
async function visit(ago: readonly number[], { visitor = newId(), robot = false, live = true }: Visit = {}) {
  const context = robot ? { context: { bot: true } } : {};
  await ingested(
    pool,
    ago.map((minutes) => anEvent({ user_id: visitor, time: timeOf(minutes), ...context })),
  );
  if (live)
    await send(
      pool,
      visitor,
      ago.map((minutes) => Date.parse(timeOf(minutes))),
      { robot },
    );
  return visitor;
}

/** Lets live sessions have read the topic before an offset, and compares. */
async function verify(next: number) {
  await transaction(pool, (client) =>
    moveOffset(client, sessionsSubscription(INGEST), 0, undefined, BigInt(next)),
  );
  return verifySessions(pool, INGEST, HOURS);
}

it('sessions that are the batch’s differ in nothing, those of a robot and of a person with one id apart', async () => {
  const visitor = await visit([100, 71, 41, 20, 5]);
  await visit([50, 30], { visitor, robot: true });
  await visit([3]);
  expect(await verify(8)).toMatchObject({ events: 8, sessions: 4, differences: [] });
});

it('a session that was altered is named as it is live and as the batch finds it', async () => {
  const visitor = await visit([20, 10]);
  await pool.query('UPDATE session_rows SET events = 3 WHERE user_id = $1', [visitor]);
  const of = { user_id: visitor, robot: false, started_at: timeOf(20), ended_at: timeOf(10) };
  expect((await verify(2)).differences).toEqual([
    { ...of, events: 3, only_in: 'live' },
    { ...of, events: 2, only_in: 'batch' },
  ]);
});

it('a session that is live alone, and one that the batch alone finds, are named once each', async () => {
  const [alone, missing] = [newId(), await visit([9], { live: false })];
  await send(pool, alone, [now - 8 * MINUTE]);
  const one = (user_id: string, ago: number) => ({
    user_id,
    robot: false,
    started_at: timeOf(ago),
    ended_at: timeOf(ago),
    events: 1,
  });
  expect((await verify(1)).differences).toEqual([
    { ...one(alone, 8), only_in: 'live' },
    { ...one(missing, 9), only_in: 'batch' },
  ]);
});

it('events that live sessions have not read yet are no difference', async () => {
  await visit([20, 10]);
  await visit([9], { live: false });
  expect(await verify(2)).toMatchObject({ events: 2, sessions: 1, differences: [] });
});

it('a session that began before the hours is not compared, also where it goes on in them', async () => {
  const edge = HOURS * 60;
  await visit([edge + 50, edge + 25, edge - 2, edge - 20]);
  // The second one of a visitor, behind one of before the hours.
  await visit([edge + 10, edge - 25]);
  await visit([edge - 10]);
  expect(await verify(7)).toMatchObject({ sessions: 2, differences: [] });
});
