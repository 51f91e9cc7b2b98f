// Open sessions in Postgres: rows that are found and changed by their numbers.

import { beforeAll, describe, expect, it } from 'vitest';
import { compile, FieldTable, type Plan } from '../../../src/aggregator/core/plan.ts';
import { type Flushed, flushDue, newState, type State, step } from '../../../src/aggregator/core/step.ts';
import { readDefinition } from '../../../src/aggregator/definition/read.ts';
import { saveDefinition } from '../../../src/aggregator/store/definitions.ts';
import {
  dueKeys,
  isAnyDue,
  LostSessionsError,
  readSessions,
  writeSessions,
} from '../../../src/aggregator/store/sessions.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { migratedDatabase } from '../../support/database.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2024, 0, 1, 13);

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

async function planOf(name: string, field: string): Promise<Plan> {
  const definition = readDefinition(
    `name: ${name}\ngroup: { fields: [${field}] }\naggregate: [{ operation: COUNT }]\nflush: { by: TIMEOUT, timeout: { type: HOUR, hours: 1 } }`,
  );
  const version = await transaction(pool, (client) => saveDefinition(client, definition));
  return compile(definition, version, new FieldTable());
}

async function write(state: State): Promise<void> {
  await transaction(pool, (client) => writeSessions(client, state));
}

const take = (state: State, user: string, position: number, now: number) =>
  step(state, { cells: [user], source: 't/0', position, at: now }, now);

const read = async (plan: Plan) => {
  const sessions = await transaction(pool, (client) =>
    readSessions(client, new Map([[plan.version, plan]]), plan),
  );
  return sessions.map(({ group: [user], count }) => `${String(user)} ${count}`).sort();
};

describe('sessions in Postgres', () => {
  it('sessions are written, changed, and taken away with what they came to', async () => {
    const plan = await planOf('written', 'user');
    const state = newState(plan, 'real-time');
    const flushed: Flushed[] = [];
    take(state, 'A', 1, T0);
    take(state, 'B', 2, T0 + HOUR / 2);
    await write(state);
    take(state, 'A', 3, T0 + 1);
    // One that opens and ends within one transaction was never in Postgres.
    take(state, 'C', 4, T0 - 2 * HOUR);
    flushed.push(...flushDue(state, T0));
    await write(state);
    expect(flushed.map(({ session }) => session.group[0])).toEqual(['C']);
    expect(await read(plan)).toEqual(['A 2', 'B 1']);
    const due = (now: number) => transaction(pool, (client) => dueKeys(client, plan, now, 10));
    expect(await due(T0 + HOUR - 1)).toEqual([]);
    expect(await due(T0 + HOUR)).toEqual(['["A"]']);
    expect(await due(T0 + 2 * HOUR)).toEqual(['["A"]', '["B"]']);
    const isDue = (now: number) => isAnyDue(pool, 'written', now);
    expect([await isDue(T0 + HOUR - 1), await isDue(T0 + HOUR)]).toEqual([false, true]);
    expect(await isAnyDue(pool, 'nothing', T0)).toBeUndefined();
    // A record of a due session flushes it and opens the next: one row goes, another comes.
    take(state, 'A', 5, T0 + HOUR);
    await write(state);
    expect(await read(plan)).toEqual(['A 1', 'B 1']);
    // Sessions of a grouping that sleeps are due to nobody.
    await planOf('written', 'shop');
    expect(await isDue(T0 + 10 * HOUR)).toBe(false);
  });

  it('records of a session that was deleted meanwhile are not lost without a word: nothing of their transaction counts', async () => {
    const plan = await planOf('lost', 'user');
    const state = newState(plan, 'real-time');
    for (const [at, user] of ['A', 'B'].entries()) take(state, user, at, T0);
    await write(state);
    await pool.query(`DELETE FROM aggregator_sessions WHERE definition = 'lost' AND key = '["A"]'`);
    for (const [at, user] of ['A', 'B'].entries()) take(state, user, at + 2, T0);
    await expect(write(state)).rejects.toThrow(LostSessionsError);
    expect(await read(plan)).toEqual(['B 1']);
  });

  it('hostile texts and many thousands of sessions are read as they were written', async () => {
    const plan = await planOf('hostile', 'user');
    const state = newState(plan, 'real-time');
    const texts = [
      '\u001e',
      '\u0000',
      '\ud800',
      '"',
      '\\',
      ',',
      '{}',
      'ü'.repeat(5_000),
      ...Array.from({ length: 6_000 }, (_, at) => `u${at}`),
    ];
    for (const [at, text] of texts.entries()) take(state, text, at + 1, T0);
    await write(state);
    for (const [at, text] of texts.entries()) take(state, text, at + 10_000, T0);
    await write(state);
    expect(await read(plan)).toEqual(texts.map((text) => `${text} 2`).sort());
  });
});
