// Sessions of a real-time definition in a real database, by a clock that only the test moves: a definition that changes while
// sessions are open, a cache that is too small, two processes that take turns, and a limit.

import { beforeAll, describe, expect, it } from 'vitest';
import { toCell } from '../../../src/aggregator/core/json.ts';
import { readDefinition } from '../../../src/aggregator/definition/read.ts';
import { LiveSessions } from '../../../src/aggregator/realtime/live-sessions.ts';
import { saveDefinition } from '../../../src/aggregator/store/definitions.ts';
import { deleteExpired } from '../../../src/aggregator/store/sessions.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { seededRandom } from '../../../src/runtime/seeded-random.ts';
import { migratedDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';

const HOUR = 3_600_000;
const DAYS_180 = 180 * 24 * HOUR;
const T0 = Date.UTC(2024, 0, 1, 13);

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

type Parts = {
  readonly group: string;
  readonly operation: string;
  readonly hours: number;
  readonly most?: number;
};

const save = (name: string, { group, operation, hours, most }: Parts) =>
  transaction(pool, (client) =>
    saveDefinition(
      client,
      readDefinition(`name: ${name}
topic: t
group: { fields: [${group}] }
aggregate: [{ field: n, operation: ${operation} }]
flush: { by: TIMEOUT, timeout: { type: HOUR, hours: ${hours} } }
${most === undefined ? '' : `limits: { max_sessions: ${most} }`}
`),
    ),
  );

let position = 0;
const take = (sessions: LiveSessions, values: readonly Readonly<Record<string, unknown>>[], now: number) =>
  sessions.change(
    (work) => transaction(pool, work),
    async (transacted) => {
      const records = values.map((value) => {
        position += 1;
        const cells = transacted.names.map((name) => toCell(value[name]));
        return { cells, source: 't/0', position, at: now };
      });
      await transacted.take(records, records.length, now);
    },
    values.length,
  );
const check = (sessions: LiveSessions, now: number) =>
  sessions.change(
    (work) => transaction(pool, work),
    async (transacted) => void (await transacted.flushDue(now, 100)),
  );

/** What was flushed since the last time that somebody asked. */
async function flushed(name: string): Promise<object[]> {
  const { rows } = await pool.query<{ row: Record<string, unknown> & { meta: Record<string, unknown> } }>(
    `UPDATE aggregator_results SET forwarded_at = now() WHERE definition = $1 AND forwarded_at IS NULL RETURNING row`,
    [name],
  );
  return rows.map(({ row: { meta, ...row } }) => ({ ...row, version: meta.version, count: meta.count }));
}

describe('a definition that changes', () => {
  it('leaves open sessions what they had, and opens new ones as it is now', async () => {
    await save('changes', { group: 'user', operation: 'SUM', hours: 1 });
    const sessions = new LiveSessions('changes');
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

  it('lets sessions of other group fields sleep, and takes them up again with theirs', async () => {
    const byUser = { group: 'user', operation: 'SUM', hours: 1 };
    await save('sleeps', byUser);
    const sessions = new LiveSessions('sleeps');
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

  it('does not find those again that 180 days have ended', async () => {
    const byUser = { group: 'user', operation: 'SUM', hours: 1 };
    await save('ends', byUser);
    const sessions = new LiveSessions('ends');
    await take(sessions, [{ user: 'A', n: 1 }], T0);
    await save('ends', { ...byUser, group: 'shop' });
    await take(sessions, [{ shop: 'S', n: 4 }], T0 + DAYS_180);
    await deleteExpired(pool, T0 + DAYS_180);
    await save('ends', byUser);
    await take(sessions, [{ user: 'A', n: 8 }], T0 + DAYS_180 + 1);
    await check(sessions, T0 + DAYS_180 + 2 * HOUR);
    expect(await flushed('ends')).toEqual([{ user: 'A', sum_n: 8, version: 3, count: 1 }]);
  });
});

describe('open sessions', () => {
  it('come to a recount with a cache that is too small, and two processes that take turns', async () => {
    await save('turns', { group: 'user', operation: 'SUM', hours: 1 });
    const processes = [new LiveSessions('turns', 3), new LiveSessions('turns', 3), new LiveSessions('turns')];
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

  it('are no more than the limit; one that has expired makes room', async () => {
    await save('limited', { group: 'user', operation: 'SUM', hours: 8_784, most: 2 });
    const sessions = new LiveSessions('limited');
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
    expect(await deleteExpired(pool, T0 + DAYS_180)).toBe(1);
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

describe('transactions that come while one waits for Postgres', () => {
  const CONDITION = `conditions: [{ name: ten, aggregate: count, operator: '>=', value: 10 }]`;
  const saveCounted = (name: string) =>
    transaction(pool, (client) =>
      saveDefinition(
        client,
        readDefinition(`name: ${name}
topic: t
group: { fields: [user] }
aggregate: [{ field: n, operation: SUM }, { operation: COUNT }]
flush: { by: TIMEOUT, timeout: { type: HOUR, hours: 1 }, ${CONDITION} }
`),
      ),
    );

  it('are taken before it is committed, and once more where it is not', async () => {
    await saveCounted('ahead');
    const sessions = new LiveSessions('ahead');
    // From the third on, it is known that nobody else writes.
    for (const n of [1, 2]) await take(sessions, [{ user: 'A', n }], T0);
    const taken: string[] = [];
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const one = (name: string, n: number, commit: () => Promise<void>, before = async () => {}) =>
      sessions.change(
        async (work) => {
          await before();
          return transaction(pool, async (client) => {
            const change = await work(client);
            await commit();
            return change;
          });
        },
        async (transacted) => {
          taken.push(name);
          position += 1;
          const cells = transacted.names.map((field) => (field === 'user' ? 'A' : n));
          await transacted.take([{ cells, source: 't/0', position, at: T0 }], 1, T0);
        },
        1,
      );
    const refused = one('refused', 100, async () => {
      await gate;
      throw new Error('refused');
    });
    // Another process writes in place of the one that is refused: the next finds the revision that it expects.
    const other = new LiveSessions('ahead');
    const behind = one(
      'behind',
      4,
      async () => {},
      async () => void (await take(other, [{ user: 'A', n: 1000 }], T0)),
    );
    await eventually(() => taken.length === 2);
    expect(taken).toEqual(['refused', 'behind']);
    open();
    await expect(refused).rejects.toThrow('refused');
    expect(await behind).toMatchObject({ open: 1 });
    expect(taken).toEqual(['refused', 'behind', 'behind']);
    await check(sessions, T0 + HOUR);
    expect(await flushed('ahead')).toMatchObject([{ user: 'A', sum_n: 1007, count: 4 }]);
  });

  it('come to a recount, whichever of them fail, and whoever writes in between', async () => {
    const random = seededRandom(7);
    const failures = { before: 0, after: 0 };
    for (const [name, others] of [
      ['fails', 0],
      ['fails-beside-another', 1],
      ['fails-with-a-small-cache', 0],
    ] as const) {
      await saveCounted(name);
      const processes = Array.from(
        { length: 1 + others },
        () => new LiveSessions(name, name.includes('small') ? 30 : undefined),
      );
      const sums = new Map<string, number>();
      /** Batch after batch of one partition, each again and again until it is committed. */
      const partition = async (source: string) => {
        for (let batch = 0; batch < 20; batch += 1) {
          const mine = processes[
            Math.floor(random() * (random() < 0.2 ? processes.length : 1))
          ] as LiveSessions;
          const values = Array.from({ length: 1 + Math.floor(random() * 20) }, (_none, at) => ({
            user: `u${Math.floor(random() * 60)}`,
            n: at,
          }));
          for (const { user, n } of values) sums.set(user, (sums.get(user) ?? 0) + n);
          for (let done = false; !done; ) {
            const luck = random();
            done = await mine
              .change(
                (work) =>
                  transaction(pool, async (client) => {
                    if (luck < 0.1) throw new Error('before');
                    const change = await work(client);
                    if (luck < 0.2) throw new Error('after');
                    return change;
                  }),
                (transacted) =>
                  transacted.take(
                    values.map(({ user, n }, at) => ({
                      cells: transacted.names.map((field) => (field === 'user' ? user : n)),
                      source,
                      position: batch * 100 + at,
                      at: T0,
                    })),
                    values.length,
                    T0,
                  ),
                values.length,
              )
              .then(
                () => true,
                (error: Error) => {
                  failures[error.message as keyof typeof failures] += 1;
                  return false;
                },
              );
          }
          if (batch % 10 === 9) await check(mine, T0 + 1);
        }
      };
      // More at once than a topic of the shop has: some step on what others have read anew.
      await Promise.all(['t/0', 't/1', 't/2', 't/3', 't/4', 't/5', 't/6'].map(partition));
      await check(processes[0] as LiveSessions, T0 + HOUR);
      const totals = new Map<string, number>();
      for (const { user, sum_n } of (await flushed(name)) as { user: string; sum_n: number }[])
        totals.set(user, (totals.get(user) ?? 0) + sum_n);
      expect(totals).toEqual(sums);
    }
    expect(failures.before).toBeGreaterThan(10);
    expect(failures.after).toBeGreaterThan(10);
  });
});
