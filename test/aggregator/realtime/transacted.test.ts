// Transactions of a real-time definition whose records are taken while the one in front of them waits for Postgres.

import { beforeAll, expect, it } from 'vitest';
import { LiveSessions } from '../../../src/aggregator/realtime/live-sessions.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { seededRandom } from '../../../src/runtime/seeded-random.ts';
import { migratedDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { HOUR, onSessions, T0 } from './on-sessions.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});
const { save, recordsOf, take, check, flushed } = onSessions(() => pool);

const CONDITION = `conditions: [{ name: ten, aggregate: count, operator: '>=', value: 10 }]`;
const saveCounted = (name: string) =>
  save(`name: ${name}
topic: t
group: { fields: [user] }
aggregate: [{ field: n, operation: SUM }, { operation: COUNT }]
flush: { by: TIMEOUT, timeout: { type: HOUR, hours: 1 }, ${CONDITION} }
`);

it('records are taken before the transaction in front of theirs is committed, and once more where it is not', async () => {
  await saveCounted('ahead');
  const sessions = new LiveSessions('ahead', pool);
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
        await transacted.take(recordsOf(transacted, [{ user: 'A', n }], T0), 1, T0);
      },
      1,
    );
  const refused = one('refused', 100, async () => {
    await gate;
    throw new Error('refused');
  });
  // Another process writes in place of the one that is refused: the next finds the revision that it expects.
  const other = new LiveSessions('ahead', pool);
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

it('records are taken before the transaction in front of theirs is committed also where not all sessions are in the cache, without those that it has ended', async () => {
  await saveCounted('beyond');
  const sessions = new LiveSessions('beyond', pool, 2);
  // More than are kept: the first ones are dropped. B lacks one record to be flushed.
  const users = ['A', 'B', 'C', 'D', 'E'];
  for (const user of users) await take(sessions, [{ user, n: 1 }], T0);
  await take(
    sessions,
    Array.from({ length: 8 }, () => ({ user: 'B', n: 1 })),
    T0,
  );
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const taken: string[] = [];
  const one = (name: string, those: readonly string[], commit: () => Promise<void>) =>
    sessions.change(
      (work) =>
        transaction(pool, async (client) => {
          const change = await work(client);
          await commit();
          return change;
        }),
      async (transacted) => {
        const records = recordsOf(
          transacted,
          those.map((user) => ({ user, n: 10 })),
          T0,
        );
        await transacted.take(records, records.length, T0);
        taken.push(name);
      },
      those.length,
    );
  const first = one('first', ['B', 'C'], () => gate);
  // Postgres still has B as it was, and C; A and D are in nobody's cache.
  const second = one('second', ['A', 'B', 'C', 'D'], async () => {});
  const third = one('third', ['B', 'E', 'A'], async () => {});
  await eventually(() => taken.length === 3);
  open();
  await Promise.all([first, second, third]);
  expect(taken).toEqual(['first', 'second', 'third']);
  await check(sessions, T0 + HOUR);
  const rows = (await flushed('beyond')) as { user: string; sum_n: number; count: number }[];
  expect(rows.map(({ user, sum_n, count }) => `${user} ${sum_n} ${count}`).sort()).toEqual([
    ...['A 21 3', 'B 19 10', 'B 20 2', 'C 21 3', 'D 11 2', 'E 11 2'],
  ]);
});

it('sessions come to a recount, whichever transactions fail, and whoever writes in between', async () => {
  const random = seededRandom(7);
  const failures = { before: 0, after: 0 };
  for (const [name, others] of [
    ['fails', 0],
    ['fails-beside-another', 1],
    ['fails-with-a-small-cache', 0],
    ['fails-with-a-small-cache-beside-another', 1],
  ] as const) {
    await saveCounted(name);
    const processes = Array.from(
      { length: 1 + others },
      () => new LiveSessions(name, pool, name.includes('small') ? 30 : undefined),
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
