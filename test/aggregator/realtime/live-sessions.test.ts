// Sessions of a real-time definition in a real database, by a clock that only the test moves: a definition that changes while
// sessions are open, a cache that is too small, two processes that take turns, and a limit.

import { beforeAll, describe, expect, it } from 'vitest';
import { LiveSessions } from '../../../src/aggregator/realtime/live-sessions.ts';
import { deleteExpired } from '../../../src/aggregator/store/expiry.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { migratedDatabase } from '../../support/database.ts';
import { HOUR, onSessions, T0 } from './on-sessions.ts';

const DAYS_180 = 180 * 24 * HOUR;

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});
const { save: saveText, take, check, flushed } = onSessions(() => pool);

type Parts = {
  readonly group: string;
  readonly operation: string;
  readonly hours: number;
  readonly most?: number;
};

const save = (name: string, { group, operation, hours, most }: Parts) =>
  saveText(`name: ${name}
topic: t
group: { fields: [${group}] }
aggregate: [{ field: n, operation: ${operation} }]
flush: { by: TIMEOUT, timeout: { type: HOUR, hours: ${hours} } }
${most === undefined ? '' : `limits: { max_sessions: ${most} }`}
`);

describe('a definition that changes', () => {
  it('a changed definition leaves open sessions what they had, and opens new ones as it is now', async () => {
    await save('changes', { group: 'user', operation: 'SUM', hours: 1 });
    const sessions = new LiveSessions('changes', pool);
    await take(sessions, [{ user: 'A', n: 1 }], T0);
    await save('changes', { group: 'user', operation: 'MAX', hours: 10 });
    await take(
      sessions,
      [
        { user: 'A', n: 5 },
        { user: 'B', n: 5 },
        { user: 'B', n: 2 },
      ],
      T0 + 1,
    );
    await check(sessions, T0 + HOUR);
    expect(await flushed('changes')).toEqual([{ user: 'A', sum_n: 6, version: 1, count: 2 }]);
    await check(sessions, T0 + 10 * HOUR);
    expect(await flushed('changes')).toEqual([]);
    await check(sessions, T0 + 10 * HOUR + 1);
    expect(await flushed('changes')).toEqual([{ user: 'B', max_n: 5, version: 2, count: 2 }]);
  });

  it('sessions of other group fields sleep, and are taken up again with theirs', async () => {
    const byUser = { group: 'user', operation: 'SUM', hours: 1 };
    await save('sleeps', byUser);
    const sessions = new LiveSessions('sleeps', pool);
    await take(
      sessions,
      [
        { user: 'A', shop: 'S', n: 1 },
        { user: 'B', shop: 'S', n: 2 },
      ],
      T0,
    );
    await save('sleeps', { ...byUser, group: 'shop' });
    await take(sessions, [{ user: 'A', shop: 'S', n: 4 }], T0 + 1);
    await check(sessions, T0 + 5 * HOUR);
    expect(await flushed('sleeps')).toEqual([{ shop: 'S', sum_n: 4, version: 2, count: 1 }]);
    await save('sleeps', byUser);
    // A's next record finds it overdue; B is found by the check.
    await take(sessions, [{ user: 'A', shop: 'S', n: 8 }], T0 + 6 * HOUR);
    expect(await flushed('sleeps')).toEqual([{ user: 'A', sum_n: 1, version: 1, count: 1 }]);
    await check(sessions, T0 + 6 * HOUR);
    expect(await flushed('sleeps')).toEqual([{ user: 'B', sum_n: 2, version: 1, count: 1 }]);
  });

  it('sessions that 180 days have ended are not taken up again with their group fields', async () => {
    const byUser = { group: 'user', operation: 'SUM', hours: 1 };
    await save('ends', byUser);
    const sessions = new LiveSessions('ends', pool);
    await take(sessions, [{ user: 'A', n: 1 }], T0);
    await save('ends', { ...byUser, group: 'shop' });
    await take(sessions, [{ shop: 'S', n: 4 }], T0 + DAYS_180);
    await deleteExpired(pool, 'ends', T0 + DAYS_180);
    await save('ends', byUser);
    await take(sessions, [{ user: 'A', n: 8 }], T0 + DAYS_180 + 1);
    await check(sessions, T0 + DAYS_180 + 2 * HOUR);
    expect(await flushed('ends')).toEqual([{ user: 'A', sum_n: 8, version: 3, count: 1 }]);
  });
});

describe('open sessions', () => {
  it('sessions come to a recount with a cache that is too small, and two processes that take turns', async () => {
    await save('turns', { group: 'user', operation: 'SUM', hours: 1 });
    const processes = [
      new LiveSessions('turns', pool, 3),
      new LiveSessions('turns', pool, 3),
      new LiveSessions('turns', pool),
    ];
    const sums = new Map<string, number>();
    for (let round = 0; round < 30; round += 1) {
      const values = Array.from({ length: 8 }, (_, at) => ({ user: `u${(round * 5 + at * 3) % 11}`, n: at }));
      for (const { user, n } of values) sums.set(user, (sums.get(user) ?? 0) + n);
      const mine = processes[round % 7 === 0 ? 2 : round % 2];
      if (mine !== undefined) await take(mine, values, T0 + round);
    }
    await check(processes[2] as LiveSessions, T0 + 2 * HOUR);
    const rows = (await flushed('turns')) as { user: string; sum_n: number }[];
    expect(new Map(rows.map(({ user, sum_n }) => [user, sum_n]))).toEqual(sums);
    expect(rows).toHaveLength(sums.size);
  });

  it('open sessions are no more than the limit; one that has expired makes room', async () => {
    await save('limited', { group: 'user', operation: 'SUM', hours: 8_784, most: 2 });
    const sessions = new LiveSessions('limited', pool);
    const asides = async () => {
      const { rows } = await pool.query<{ message: string }>(
        "SELECT message FROM aggregator_set_aside WHERE definition = 'limited'",
      );
      return rows.map(({ message }) => message);
    };
    await take(sessions, [{ user: 'A', n: 1 }], T0);
    await take(
      sessions,
      [
        { user: 'B', n: 1 },
        { user: 'C', n: 1 },
        { user: 'B', n: 1 },
      ],
      T0 + HOUR,
    );
    expect(await asides()).toEqual([
      'received a record for one more session, expected at most 2 (max_sessions)',
    ]);
    expect(await deleteExpired(pool, 'limited', T0 + DAYS_180)).toBe(1);
    await take(
      sessions,
      [
        { user: 'C', n: 1 },
        { user: 'D', n: 1 },
      ],
      T0 + DAYS_180,
    );
    expect(await asides()).toHaveLength(2);
  });
});
