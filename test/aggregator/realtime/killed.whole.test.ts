// Two processes that share partitions, and a plain recount. CHAOS_KILLS=50 is the long form (npm run chaos:aggregator-live).

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../../../src/db/pool.ts';
import { MAIN } from '../../support/command.ts';
import { eventually, temporaryFolder } from '../../support/line.ts';
import { startTopics } from './on-topics.ts';

const KILLS = Number(process.env.CHAOS_KILLS ?? 3);

let topics: Awaited<ReturnType<typeof startTopics>>;
let pool: Pool;
let env: Record<string, string>;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  topics = await startTopics();
  ({ pool } = topics);
  env = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: topics.url,
    KAFKA_BROKERS: `127.0.0.1:${topics.port}`,
    DATA_DIR: temporaryFolder(),
    AGGREGATOR_CHECK_SECONDS: '1',
    LOG_LEVEL: 'warn',
  };
  return () => {
    for (const child of children) child.kill('SIGKILL');
  };
});

function startProcess(): ChildProcess {
  const child = spawn(process.execPath, [MAIN, 'start', 'aggregator'], { env, stdio: 'ignore' });
  children.add(child);
  return child;
}

async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
  children.delete(child);
}

describe('two processes that share partitions and are killed', {
  timeout: 60_000 + 30_000 * KILLS,
}, () => {
  it('two processes that share partitions and are killed come to the result of a plain recount, and nothing is twice downstream', async () => {
    const users = 40;
    await topics.save(`name: sevens
topic: chaos
group: { fields: [user] }
aggregate: [{ field: amount, operation: SUM }]
flush:
  by: TIMEOUT
  timeout: { type: HOUR, hours: 1000 }
  conditions: [{ name: seven, field: stop, type: boolean, value: true }, { name: big, aggregate: sum_amount, operator: '>', value: 1000000 }]
`);
    const sums = new Map<string, number>();
    let sent = 0;
    let sending = true;
    async function load(): Promise<void> {
      while (sending) {
        const values = Array.from({ length: 100 }, () => {
          const user = `u${(sent * 7) % users}`;
          const amount = (sent % 97) / 100;
          sums.set(user, (sums.get(user) ?? 0) + (sent % 97));
          sent += 1;
          return JSON.stringify({ user, amount, stop: sent % 50 === 0 });
        });
        await topics.send('chaos', values);
        await sleep(100);
      }
    }
    const processes = [startProcess(), startProcess()];
    const loading = load();
    for (let round = 0; round < KILLS; round += 1) {
      const before = await counted();
      // A kill is one under load only where work goes on.
      await eventually(async () => (await counted()) >= before + 500, 120);
      await sleep((round * 73) % 400);
      const victim = processes[round % 2];
      if (victim !== undefined) await stopProcess(victim, 'SIGKILL');
      processes[round % 2] = startProcess();
    }
    sending = false;
    await loading;
    const rows = await eventually(
      async () => ((await counted()) === sent ? topics.resultsOf('sevens') : undefined),
      180,
    );
    const totals = new Map<string, number>();
    const add = (user: unknown, amount: unknown) =>
      totals.set(String(user), (totals.get(String(user)) ?? 0) + Math.round(Number(amount) * 100));
    for (const { user, sum_amount } of rows) add(user, sum_amount);
    const { rows: open } = await pool.query<{ user: string; sum: string }>(
      `SELECT state -> 0 ->> 0 AS user, state -> 2 ->> 0 AS sum FROM aggregator_sessions WHERE definition = 'sevens'`,
    );
    for (const { user, sum } of open) add(JSON.parse(user), sum);
    expect(totals).toEqual(sums);
    const told = await topics.readTopic(
      'aggregates.sevens',
      (values) => new Set(values.map(({ meta }) => meta.id)).size >= rows.length,
    );
    // A row that is told again, by a process that was killed before it could note it, is the same row with the same id.
    const byId = new Map(told.map((row) => [row.meta.id, JSON.stringify(row)]));
    expect(told.every((row) => byId.get(row.meta.id) === JSON.stringify(row))).toBe(true);
    expect([...byId.keys()].sort()).toEqual(rows.map(({ meta }) => meta.id).sort());
    for (const child of processes) await stopProcess(child, 'SIGTERM');
  });

  /** Records in results and open sessions. */
  async function counted(): Promise<number> {
    const { rows } = await pool.query<{ count: number }>(
      `SELECT (SELECT coalesce(sum((row -> 'meta' ->> 'count')::int), 0) FROM aggregator_results WHERE definition = 'sevens')
         + (SELECT coalesce(sum((state ->> 3)::int), 0) FROM aggregator_sessions WHERE definition = 'sevens') AS count`,
    );
    return rows[0]?.count ?? 0;
  }
});
