// Half hours of live sessions in their tables: bars, what is behind them, and what late events have changed.

import { expect, it } from 'vitest';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { ASKED, isWanted, USUAL } from '../../../src/events/whose.ts';
import { changingBars } from '../../../src/sessions/live/bars.ts';
import { HALF_HOUR_MS as HALF_HOUR, listSessions } from '../../../src/sessions/live/half-hours.ts';
import { takeEvents } from '../../../src/sessions/live/handler.ts';
import { readBegunSince } from '../../../src/sessions/live/store.ts';
import { migratedDatabase } from '../../support/database.ts';

const T = Date.UTC(2026, 2, 10);

const sent = (user_id: string, sent_ms: number, arrived_ms: number, simulated = false) => ({
  user_id,
  robot: false,
  simulated,
  sent_ms,
  arrived_ms,
});

const take = (pool: Pool, ...events: Parameters<typeof takeEvents>[1]) =>
  transaction(pool, (client) => takeEvents(client, events));

it('bars say how many late events have changed them, of whom is asked', async () => {
  const { pool } = await migratedDatabase();
  const now = T + 2 * HALF_HOUR;
  const [one, other] = [newId(), newId()];
  await take(pool, sent(one, T + 1, T + 1), sent(one, T + HALF_HOUR + 100, T + HALF_HOUR + 100));
  const bars = async (simulated: 'include' | 'exclude' | 'only' = 'include') =>
    (await changingBars(pool, now, 3, { robots: 'exclude', simulated })).map(({ sessions, late }) => [
      sessions,
      late,
    ]);
  // The second event is of another session by a moment.
  expect(await bars()).toEqual([
    [1, 0],
    [1, 0],
    [0, 0],
  ]);
  // Between both: one session in place of two, and both half hours are over.
  await take(pool, sent(one, T + 600_000, now), sent(other, T + 5, now, true), sent(other, T + 6, now, true));
  expect(await bars()).toEqual([
    [2, 1],
    [0, 1],
    [0, 0],
  ]);
  expect(await bars('only')).toEqual([
    [1, 1],
    [0, 0],
    [0, 0],
  ]);
  expect(await bars('exclude')).toEqual([
    [1, 0],
    [0, 1],
    [0, 0],
  ]);
  await take(pool, sent(newId(), T + 7, now));
  expect((await bars())[0]).toEqual([3, 2]);
  await take(pool, sent(newId(), T + 8, now));
  expect((await bars())[0]).toEqual([4, 3]);
});

it('bars and their lists have the sessions of whom is asked, robots of the simulator too', async () => {
  const { pool } = await migratedDatabase();
  const kinds = [false, true].flatMap((robot) => [false, true].map((simulated) => ({ robot, simulated })));
  const owners = kinds.map((kind) => ({ ...kind, user_id: newId() }));
  // So late that each also changes the bar.
  const events = owners.map((owner) => ({ ...owner, sent_ms: T + 1, arrived_ms: T + HALF_HOUR }));
  await take(pool, ...events);
  for (const robots of ASKED)
    for (const simulated of ASKED) {
      const whose = { robots, simulated };
      const wanted = owners.filter(isWanted(whose)).map(({ user_id }) => user_id);
      const [bar] = await changingBars(pool, T + 2, 1, whose);
      expect({ whose, bar }).toMatchObject({ bar: { sessions: wanted.length, late: wanted.length } });
      const listed = await listSessions(pool, T, T + 2, whose);
      expect(listed.map(({ user_id }) => user_id).toSorted()).toEqual(wanted.toSorted());
    }
  const read = await transaction(pool, (client) => readBegunSince(client, T));
  expect(read.map(({ userId, robot, simulated }) => ({ robot, simulated, user_id: userId }))).toEqual(
    expect.arrayContaining(owners),
  );
});

it('a bar’s list is what it counted, without sessions that came since', async () => {
  const { pool } = await migratedDatabase();
  await take(pool, sent(newId(), T + 1, T + 1));
  const [bar] = await changingBars(pool, T + 2, 1, USUAL);
  await take(pool, sent(newId(), T + 1, T + 1));
  const list = (last?: number) => listSessions(pool, T, T + 2, USUAL, undefined, last);
  expect(await list(bar?.last_id ?? undefined)).toHaveLength(bar?.sessions ?? 0);
  expect(await list()).toHaveLength(2);
});
