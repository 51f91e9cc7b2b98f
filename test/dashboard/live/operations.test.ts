import fc from 'fast-check';
import { expect, it } from 'vitest';
import { panelOperations } from '../../../src/dashboard/live/operations.ts';
import { migratedDatabase } from '../../support/database.ts';

const isTaken = (counted: string) =>
  panelOperations.behind.query.safeParse({ of: 'clothes', counted }).success;

it('what is taken for the snapshot of an answer, Postgres takes for one, and its own is taken', async () => {
  const { pool } = await migratedDatabase();
  const { rows } = await pool.query('SELECT pg_current_snapshot()::text AS own');
  expect(isTaken(rows[0].own)).toBe(true);
  const number = fc.constantFrom(
    '',
    '0',
    '1',
    '5',
    '6',
    '7',
    '9',
    '007',
    '-1',
    '9'.repeat(18),
    '9'.repeat(19),
  );
  const text = fc
    .tuple(number, number, fc.array(number, { maxLength: 3 }), fc.constantFrom(':', ':', ':', ','))
    .map(([xmin, xmax, running, between]) => [xmin, xmax, running.join(',')].join(between));
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(text, async (counted) => {
      if (!isTaken(counted)) return;
      taken += 1;
      await pool.query('SELECT $1::pg_snapshot', [counted]);
    }),
    { numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(10);
});

it.each(['5:9:', '5:9:6', '5:9:5,6,8', '7:7:'])('%s is a snapshot', (counted) => {
  expect(isTaken(counted)).toBe(true);
});

it.each(['', 'now', '5:9', '9:8:', '0:9:', '5:9:4', '5:9:9', '5:9:7,6', '5:9:6,6', '5:9:6,', '5:9:6:'])(
  '"%s" is no snapshot',
  (counted) => {
    expect(isTaken(counted)).toBe(false);
  },
);
