// 180 days, by clocks that only the test moves: of a definition, of all of them, and of runs whose `--now` is in another year.

import { beforeAll, expect, it } from 'vitest';
import { compile, FieldTable, type Plan } from '../../../src/aggregator/core/plan.ts';
import { newState, step } from '../../../src/aggregator/core/step.ts';
import { readDefinition } from '../../../src/aggregator/definition/read.ts';
import { pauseDefinition, saveDefinition } from '../../../src/aggregator/store/definitions.ts';
import { deleteAllExpired, deleteExpired, keepExpiring } from '../../../src/aggregator/store/expiry.ts';
import { writeSessions } from '../../../src/aggregator/store/sessions.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';

const DAY = 24 * 3_600_000;
const DAYS_180 = 180 * DAY;
const T0 = Date.UTC(2024, 0, 1, 13);

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

async function planOf(name: string, field = 'user', topic = ''): Promise<Plan> {
  const definition = readDefinition(
    `name: ${name}\n${topic}\ngroup: { fields: [${field}] }\naggregate: [{ operation: COUNT }]\nflush: { by: TIMEOUT, timeout: { type: HOUR, hours: 8000 } }`,
  );
  const version = await transaction(pool, (client) => saveDefinition(client, definition));
  return compile(definition, version, new FieldTable());
}

/** Sessions of these users, last updated at these times. */
async function update(plan: Plan, users: Readonly<Record<string, number>>): Promise<void> {
  const state = newState(plan, 'batch');
  for (const [at, [user, now]] of Object.entries(users).entries())
    step(state, { cells: [user], source: 't/0', position: at, at: now }, now);
  await transaction(pool, (client) => writeSessions(client, state));
}

async function left(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT definition || ' ' || (key::json ->> 0) AS name FROM aggregator_sessions ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

it('a session is deleted 180 days after its last update, to the millisecond, asleep or not', async () => {
  await update(await planOf('ttl'), { first: T0, later: T0 + 1 });
  // From here on both sleep: another grouping is in force.
  await planOf('ttl', 'shop');
  expect(await deleteExpired(pool, 'ttl', T0 + DAYS_180 - 1)).toBe(0);
  expect(await deleteExpired(pool, 'ttl', T0 + DAYS_180)).toBe(1);
  expect(await left()).toEqual(['ttl later']);
  expect(await deleteExpired(pool, 'ttl', T0 + DAYS_180 + 1)).toBe(1);
});

it("a definition's clock, which --now may set to any year, ends no session of another definition", async () => {
  await update(await planOf('mine'), { A: T0 });
  await update(await planOf('other'), { A: T0 });
  expect(await deleteExpired(pool, 'mine', T0 + 10 * DAYS_180)).toBe(1);
  expect(await left()).toEqual(['other A']);
  await pool.query('DELETE FROM aggregator_sessions');
});

it('of all definitions what has expired is deleted, of a paused one too, and of one that never runs again', async () => {
  await update(await planOf('live', 'user', 'topic: t'), { old: T0, new: T0 + DAY });
  await update(await planOf('paused', 'user', 'topic: t'), { old: T0 });
  await pauseDefinition(pool, 'paused', true);
  await update(await planOf('files'), { old: T0 });
  expect(await deleteAllExpired(pool, T0 + DAYS_180)).toBe(3);
  expect(await left()).toEqual(['live new']);
  await pool.query('DELETE FROM aggregator_sessions');
});

it('the clock of a definition over files goes on from the `now` of its last run, and stands while that is at work', async () => {
  const now = T0 + 1_000 * DAY;
  /** Of ten days ago, over files of years ago. */
  const run = (name: string, finished: boolean) =>
    pool.query(
      `INSERT INTO aggregator_runs (definition, version, inputs, clock, started_at, finished_at)
       VALUES ($1, 1, '[]', to_timestamp($2 / 1000.0), to_timestamp($3 / 1000.0), CASE WHEN $4 THEN now() END)`,
      [name, T0, now - 10 * DAY, finished],
    );
  for (const [name, topic] of [['replayed'], ['at-work'], ['streamed', 'topic: t']] as const) {
    await update(await planOf(name, 'user', topic), { old: T0 - 170 * DAY, new: T0 - 170 * DAY + 1 });
    await run(name, name !== 'at-work');
  }
  expect(await deleteAllExpired(pool, now)).toBe(3);
  expect(await left()).toEqual(['at-work new', 'at-work old', 'replayed new']);
  // A run that was given up does not keep its sessions for ever.
  expect(await deleteAllExpired(pool, now + DAYS_180)).toBe(3);
  expect(await left()).toEqual([]);
});

it('what expires is looked for at once, and no more once that is over', async () => {
  const stop = new AbortController();
  let looks = 0;
  const done = keepExpiring(
    async () => {
      looks += 1;
      stop.abort();
      return 0;
    },
    testLog,
    stop.signal,
  );
  await done;
  expect(looks).toBe(1);
  const ended = new AbortController();
  await keepExpiring(
    async () => {
      ended.abort();
      throw new Error('Postgres is away');
    },
    testLog,
    ended.signal,
  );
});
