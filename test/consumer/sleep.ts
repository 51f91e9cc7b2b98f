// A zombie: an ingest process that is suspended while its partitions are reassigned to another one, and then resumes. Two real
// processes on a real broker and a real PostgreSQL.

import pg from 'pg';
import { expect } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';
import { isDrained, judge, NOTHING_WRONG } from '../chaos/verdict.ts';
import { migratedDatabase } from '../support/database.ts';
import { eventually, startTestBroker, testKafka } from '../support/line.ts';
import { PARTITIONS, startLoad } from '../support/load.ts';
import { type Program, programSettings, startProgram } from '../support/program.ts';

const joins = (program: Program): number[][] =>
  program
    .output()
    .split('\n')
    .filter((line) => line.includes('joined the consumer group'))
    .map((line) => JSON.parse(line).partitions);
const lastJoin = (program: Program) => joins(program).at(-1) ?? [];

/** Waits until both processes are in the middle of their transactions, where `table` is locked; what unlocks it. */
async function holdUp(url: string, pool: Pool, table: string, send: () => Promise<void>) {
  const locker = new pg.Client({ connectionString: url });
  await locker.connect();
  await locker.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
  await send();
  await eventually(async () => {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return ((await pool.query(waiting)).rowCount ?? 0) >= 2;
  });
  return () => locker.end();
}

/** The table at which a process waits when it is stopped, and how many events it has in hand of each partition. */
export type Hold = { readonly table: string; readonly events: number };

/**
 * Stops one of two ingest processes and wakes it once the other one has stored all.
 * @param hold none = it waits for records
 * @returns what was seen
 */
export async function story(hold: Hold | undefined) {
  const [{ url, pool }, { port }] = await Promise.all([migratedDatabase(), startTestBroker()]);
  const settings = { DATABASE_URL: url, KAFKA_BROKERS: `127.0.0.1:${port}`, LOG_LEVEL: 'info' };
  const start = async () => startProgram({ ...(await programSettings('new')), ...settings }, ['ingest']);
  const [zombie, other] = await Promise.all([start(), start()]);
  const sorted = () => [...lastJoin(zombie), ...lastJoin(other)].sort().join() === PARTITIONS.join();
  await eventually(() => lastJoin(zombie).length > 0 && lastJoin(other).length > 0 && sorted());
  const load = await startLoad(testKafka(port));
  await load.send();
  await eventually(() => isDrained(pool, load.acknowledged));

  const unlock =
    hold === undefined ? async () => {} : await holdUp(url, pool, hold.table, () => load.send(hold.events));
  process.kill(zombie.pid, 'SIGSTOP');
  await unlock();
  await load.send();
  const slept = performance.now();
  await eventually(() => isDrained(pool, load.acknowledged));
  const seconds = (performance.now() - slept) / 1000;

  const look = async () =>
    (
      await pool.query(
        `SELECT *, xmin, (SELECT count(*) FROM events) FROM consumer_offsets ORDER BY "partition"`,
      )
    ).rows;
  const before = await look();
  const joined = joins(zombie).length;
  process.kill(zombie.pid, 'SIGCONT');
  await eventually(() => joins(zombie).length > joined && lastJoin(zombie).length > 0);
  const after = await look();
  const log = zombie.output();

  await load.send();
  await eventually(() => isDrained(pool, load.acknowledged));
  const verdict = await judge(pool, load.acknowledged);
  await load.stop();
  const codes = [await zombie.stop(), await other.stop()];
  return { seconds, before, after, log, verdict, codes };
}

/** Events of a batch that takes several statements; a small one is one. */
export const LARGE = 200;

/** Fails unless nobody was held up for long, and what woke has committed nothing. */
export function expectNothingCommitted(
  hold: Hold | undefined,
  seen: Awaited<ReturnType<typeof story>>,
): void {
  expect(seen.after).toEqual(seen.before);
  // Whether the fetch of the first had brought records is the moment's; test/ingest/store.test.ts has what then happens.
  if (hold?.events === LARGE) expect(seen.log).toContain('a batch was not stored in Postgres');
  expect(seen.verdict).toMatchObject(NOTHING_WRONG);
  expect(seen.verdict.stored).toBe(seen.verdict.acknowledged);
  expect(seen.seconds).toBeLessThan(60);
  expect(seen.codes).toEqual([0, 0]);
}
