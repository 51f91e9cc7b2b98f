// Runs over files that are killed, and started again. CHAOS_KILLS=50 is the long form (npm run chaos:aggregate).

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../../../src/db/pool.ts';
import { MAIN } from '../../support/command.ts';
import { migratedDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { onFiles, type Row, rowsOf } from '../on-files.ts';

const ADVISORY_LOCKS =
  "SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

let url: string;
let pool: Pool;
beforeAll(async () => {
  ({ url, pool } = await migratedDatabase());
});
const { file, aggregate } = onFiles(() => ({ DATABASE_URL: url }));

describe('runs that are killed at work', {
  timeout: 60_000 + 10_000 * Number(process.env.CHAOS_KILLS ?? 12),
}, () => {
  const USERS = 5_000;
  /** Rows of a user in the three files. */
  const EACH = 36;
  const ways = {
    stream: { flush: '{ by: END_OF_STREAM }', rows: USERS },
    transactions: { flush: '{ by: END_OF_TRANSACTION }', rows: 3 * USERS },
    // Thirty of a user's rows meet the condition; the clock flushes the others, when the next run begins.
    timeout: {
      flush:
        '{ by: TIMEOUT, timeout: { type: HOUR, hours: 1 }, conditions: [{ name: thirty, aggregate: count, operator: ">=", value: 30 }] }',
      rows: 2 * USERS,
    },
  };
  /** Of each way. */
  const kills = Math.ceil(Number(process.env.CHAOS_KILLS ?? 3) / Object.keys(ways).length);
  const sums = new Map<unknown, number>();
  const names: string[] = [];

  beforeAll(() => {
    for (let index = 0; index < 3; index += 1) {
      // The second is large enough for several threads.
      const note = index === 1 ? `,${'n'.repeat(280)}` : '';
      const lines = [index === 1 ? 'user,price,note' : 'user,price'];
      for (let row = 0; row < (USERS * EACH) / 3; row += 1) {
        const user = `u${(row * 7919 + index) % USERS}`;
        sums.set(user, (sums.get(user) ?? 0) + (row % 13));
        lines.push(`${user},${row % 13}${note}`);
      }
      names.push(file(`kill-${index}.csv`, `${lines.join('\n')}\n`));
    }
  });

  it.each(Object.entries(ways))(
    'killed runs that flush by %s give the rows of a plain recount, each once',
    async (way, { flush, rows: wanted }) => {
      const definition = `killed-${way}`;
      const text = `name: ${definition}\ngroup: { fields: [user] }\naggregate: [{ field: price, operation: SUM }, { operation: COUNT }]\nflush: ${flush}\n`;
      const yaml = file(`${definition}.yaml`, text);
      const argsOf = (hour: number, inputs: readonly string[]) => [
        yaml,
        ...inputs,
        '--commit-ms',
        '20',
        '--now',
        new Date(hour * 3_600_000).toISOString(),
      ];
      const rows: Row[] = [];
      let killed = 0;
      let runs = 0;
      for (let life = 0; killed < kills; life += 1) {
        const stdout = await killAtWork(definition, argsOf(runs, names), (life * 73) % 300);
        if (stdout === undefined) killed += 1;
        else {
          rows.push(...rowsOf(stdout));
          runs += 1;
        }
      }
      const last = await aggregate(...argsOf(runs, names));
      const empty = await aggregate(...argsOf(runs + 1, [file('empty.csv', 'user,price\n')]));
      expect([last.code, empty.code]).toEqual([0, 0]);
      rows.push(...rowsOf(last.stdout), ...rowsOf(empty.stdout));
      runs += 1;
      expect(rows).toHaveLength(wanted * runs);
      expect(new Set(rows.map(({ meta }) => meta.id)).size).toBe(rows.length);
      const seen = new Map<unknown, { sum: number; count: number }>();
      for (const { user, sum_price, count } of rows) {
        const known = seen.get(user) ?? { sum: 0, count: 0 };
        seen.set(user, { sum: known.sum + Number(sum_price), count: known.count + Number(count) });
      }
      const recount = [...sums].map(
        ([user, sum]) => [user, { sum: sum * runs, count: EACH * runs }] as const,
      );
      expect(seen).toEqual(new Map(recount));
      const { rows: stored } = await pool.query('SELECT FROM aggregator_results WHERE definition = $1', [
        definition,
      ]);
      expect(stored).toHaveLength(rows.length);
    },
  );

  /**
   * Kills the program some milliseconds after it has committed something.
   * @returns what it has printed, where it has ended before
   */
  async function killAtWork(
    definition: string,
    args: readonly string[],
    ms: number,
  ): Promise<string | undefined> {
    const before = await committed(definition);
    const child = spawn(process.execPath, [MAIN, 'aggregate', ...args], {
      env: { PATH: process.env.PATH ?? '', DATABASE_URL: url },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    while (child.exitCode === null && (await committed(definition)) === before) await sleep(5);
    await Promise.race([sleep(ms), closed]);
    child.kill('SIGKILL');
    await closed;
    // What it has left in Postgres' hands comes to its end, and its lock with it.
    await eventually(async () => (await pool.query(ADVISORY_LOCKS)).rowCount === 0);
    if (child.signalCode !== 'SIGKILL') expect(child.exitCode).toBe(0);
    const { rowCount } = await pool.query(
      'SELECT FROM aggregator_runs WHERE definition = $1 AND delivered_at IS NULL',
      [definition],
    );
    // One that was killed with all of it printed had ended, too.
    return rowCount === 0 ? stdout : undefined;
  }

  /** How far the newest run of a definition is. */
  async function committed(definition: string): Promise<string> {
    const { rows } = await pool.query(
      'SELECT id, file, position, records FROM aggregator_runs WHERE definition = $1 ORDER BY id DESC LIMIT 1',
      [definition],
    );
    return JSON.stringify(rows);
  }
});
