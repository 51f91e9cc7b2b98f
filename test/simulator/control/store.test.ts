// Settings and reports of the shoppers in Postgres: what is stored, what is known of it, and who is told.

import pg from 'pg';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Pool } from '../../../src/db/pool.ts';
import {
  changeSimulator,
  type Run,
  readSimulator,
  reportAbsence,
  reportRun,
  SIMULATOR_CHANNEL,
} from '../../../src/simulator/control/store.ts';
import { migratedDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';

const RUN: Run = {
  since: '2026-03-02T09:00:00.000Z',
  events: 5,
  rate: 1.5,
  errors: 1,
  missed: 2,
  p50_ms: 3,
  p99_ms: null,
  faults: { late: 2 },
  ledger: null,
};

let pool: Pool;
let url: string;
beforeEach(async () => {
  ({ pool, url } = await migratedDatabase());
});

describe('settings', () => {
  it('settings are the usual ones in a new database, without a part', async () => {
    expect(await readSimulator(pool)).toEqual({
      settings: { running: true, rate: 1, users: null, faults: {} },
      changedAt: expect.any(Date),
      present: false,
      run: null,
    });
  });

  it('settings that a change leaves out stay, and its faults replace all others', async () => {
    await changeSimulator(pool, { rate: 5, faults: { late: 0.1, malformed: 0.2 } });
    const { changedAt } = await readSimulator(pool);
    const changed = await changeSimulator(pool, { running: false, faults: { duplicate: 0.3 } });
    expect(changed.settings).toEqual({ running: false, rate: 5, users: null, faults: { duplicate: 0.3 } });
    expect(changed.changedAt.getTime()).toBeGreaterThan(changedAt.getTime());
    expect(await readSimulator(pool)).toEqual(changed);
  });

  it('settings of a newer program, which this one does not know, are the usual ones', async () => {
    await pool.query(`UPDATE simulator SET settings = '{"running": false, "rate": "brisk"}'`);
    expect((await readSimulator(pool)).settings).toEqual({ running: true, rate: 1, users: null, faults: {} });
  });

  it('each change is told on the channel, and a report is not', async () => {
    const told: string[] = [];
    const listener = new pg.Client(url);
    await listener.connect();
    onTestFinished(() => listener.end());
    listener.on('notification', ({ payload = '' }) => told.push(payload));
    await listener.query(`LISTEN ${SIMULATOR_CHANNEL}`);
    await changeSimulator(pool, { rate: 2 });
    await reportRun(pool, RUN);
    await pool.query(`NOTIFY ${SIMULATOR_CHANNEL}, 'last'`);
    await eventually(() => told.includes('last'));
    expect(told).toEqual(['', 'last']);
  });
});

describe('a report', () => {
  it('a report says that the part is there, with its run or without one', async () => {
    await reportRun(pool, RUN);
    expect(await readSimulator(pool)).toMatchObject({ present: true, run: RUN });
    await reportRun(pool, null);
    expect(await readSimulator(pool)).toMatchObject({ present: true, run: null });
  });

  it('a report of more than ten seconds ago is of a part that is gone', async () => {
    await reportRun(pool, RUN);
    await pool.query(`UPDATE simulator SET reported_at = now() - interval '10.5 s'`);
    expect(await readSimulator(pool)).toMatchObject({ present: false, run: null });
    expect(await changeSimulator(pool, { rate: 2 })).toMatchObject({ present: false, run: null });
  });

  it('a part that has stopped is gone at once', async () => {
    await reportRun(pool, RUN);
    await reportAbsence(pool);
    expect(await readSimulator(pool)).toMatchObject({ present: false, run: null });
  });
});
