// Runs over files in a real database: one at a time, and moved by one process alone.

import { beforeAll, expect, it } from 'vitest';
import {
  findOpenRun,
  insertRun,
  lockRuns,
  markDelivered,
  moveRun,
  type RunPlace,
  unlockRuns,
} from '../../../src/aggregator/store/runs.ts';
import { type Client, type Pool, transaction } from '../../../src/db/pool.ts';
import { afterFile } from '../../support/after-file.ts';
import { migratedDatabase } from '../../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

/** Two connections. */
async function connections() {
  const [one, other] = await Promise.all([pool.connect(), pool.connect()]);
  afterFile(() => {
    one.release();
    other.release();
  });
  return [one, other] as const;
}

const NOW = Date.UTC(1999, 11, 31, 23, 59, 59, 999);
/** Begins a run of a new definition. */
async function begin(client: Client, name: string) {
  await client.query('INSERT INTO aggregator_definitions (name, version) VALUES ($1, 3)', [name]);
  await insertRun(client, name, 3, '[{"path":"a.csv","bytes":7}]', NOW);
  const run = await findOpenRun(client, name);
  if (run === undefined) throw new Error('no run has begun');
  return run;
}

it('the lock of a definition is held by one, until it is released or its connection or transaction ends', async () => {
  const [one, other] = await connections();
  expect(await lockRuns(one, 'd', 'connection')).toBe(true);
  expect(await lockRuns(other, 'd', 'connection')).toBe(false);
  expect(await lockRuns(other, 'd', 'transaction')).toBe(false);
  expect(await lockRuns(other, 'another', 'connection')).toBe(true);
  await unlockRuns(one, 'd');
  await transaction(pool, async (client) => {
    expect(await lockRuns(client, 'd', 'transaction')).toBe(true);
    expect(await lockRuns(other, 'd', 'connection')).toBe(false);
  });
  expect(await lockRuns(other, 'd', 'connection')).toBe(true);
});

it('a run begins at the beginning of its files, by its own clock', async () => {
  const [client] = await connections();
  expect(await findOpenRun(client, 'nothing')).toBeUndefined();
  expect(await begin(client, 'begun')).toEqual({
    id: expect.any(Number),
    version: 3,
    inputs: '[{"path":"a.csv","bytes":7}]',
    clock: NOW,
    file: 0,
    position: 0,
    byte: 0,
    records: 0,
    set_aside: 0,
    finished: false,
  });
  // A definition has one run that is not delivered.
  await expect(insertRun(client, 'begun', 3, '[]', NOW)).rejects.toMatchObject({ code: '23505' });
});

it('a run is moved from where it is, and finished; it is open until its rows are delivered', async () => {
  const [client] = await connections();
  const start = await begin(client, 'moved');
  const later: RunPlace = { id: start.id, file: 0, position: 5, byte: 99, records: 4, set_aside: 1 };
  await moveRun(client, start, later, false);
  expect(await findOpenRun(client, 'moved')).toEqual({ ...start, ...later });
  const end: RunPlace = { ...later, file: 1, position: 0, byte: 0, records: 6 };
  await moveRun(client, later, end, true);
  expect(await findOpenRun(client, 'moved')).toEqual({ ...start, ...end, finished: true });
  await markDelivered(client, start.id);
  expect(await findOpenRun(client, 'moved')).toBeUndefined();
});

it('a run that another process has moved or finished is not moved', async () => {
  const [client] = await connections();
  const start = await begin(client, 'lost');
  const here = { ...start, position: 3, records: 3 };
  await moveRun(client, start, here, false);
  const moved = 'another process has gone on with this run; this one stops';
  for (const from of [start, { ...here, file: 1 }])
    await expect(moveRun(client, from, { ...here, position: 9 }, false)).rejects.toThrow(moved);
  await moveRun(client, here, here, true);
  await expect(moveRun(client, here, { ...here, position: 9 }, false)).rejects.toThrow(moved);
  expect(await findOpenRun(client, 'lost')).toMatchObject({ position: 3, records: 3, finished: true });
});
