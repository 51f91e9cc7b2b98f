// The run of a lesson, as another process finds it.

import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';
import { beginRun, keepRun, type NotedRun, readRun } from '../../src/lessons/run-store.ts';
import { migratedDatabase } from '../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

const run: NotedRun = {
  began: Date.parse('2026-03-02T09:00:00.000Z'),
  visitor: 'a'.repeat(32),
  group: 'readers',
  ledger: null,
  ends: [[0, 17]],
  lagPeak: 3,
  outboxPeak: 0,
  turnedAwayBefore: 2,
  turnedAway: 5,
  visits: [{ orderId: 'b'.repeat(32), time: '2026-03-02T09:00:00.000Z' }],
  over: false,
  failure: undefined,
};

describe('a run', () => {
  it('the last run of a lesson is found with what was noted last, by its lesson alone', async () => {
    const id = randomUUID();
    await beginRun(pool, id, 'sessions', run);
    expect(await readRun(pool, 'sessions')).toEqual(run);
    const over = { ...run, lagPeak: 9, over: true };
    expect(await keepRun(pool, id, over)).toBe(true);
    expect(await readRun(pool, 'sessions')).toEqual(over);
    expect(await readRun(pool, 'duplicates')).toBeUndefined();
  });

  it('a run of a lesson is replaced by that of another one', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    await beginRun(pool, first, 'sessions', run);
    await keepRun(pool, first, { ...run, over: true, failure: 'no' });
    await beginRun(pool, second, 'duplicates', run);
    expect(await keepRun(pool, first, run)).toBe(false);
    expect(await readRun(pool, 'sessions')).toBeUndefined();
    expect(await readRun(pool, 'duplicates')).toEqual(run);
  });

  it('a run whose process says nothing any more is taken for cut short', async () => {
    await beginRun(pool, randomUUID(), 'sessions', run);
    await pool.query("UPDATE lesson_run SET seen_at = now() - interval '1 minute'");
    expect(await readRun(pool, 'sessions')).toEqual({
      ...run,
      over: true,
      failure: 'the process that played it has ended',
    });
  });
});
