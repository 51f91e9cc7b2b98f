// The shoppers that follow the settings: what they report while there is nobody, while they shop, and after the end. Their shop is away.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../../../src/db/pool.ts';
import { RunningCrowd } from '../../../src/simulator/control/running-crowd.ts';
import { changeSimulator, readSimulator } from '../../../src/simulator/control/store.ts';
import { afterFile } from '../../support/after-file.ts';
import { migratedDatabase } from '../../support/database.ts';
import { eventually, temporaryFolder, testKafka } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';
import { freePort } from '../../support/ports.ts';

let pool: Pool;
let crowd: RunningCrowd;
beforeAll(async () => {
  const database = await migratedDatabase();
  ({ pool } = database);
  await changeSimulator(pool, { running: false });
  const away = await freePort();
  const place = {
    kafka: testKafka(away),
    topic: 'none',
    dataDir: temporaryFolder(),
    shop: `http://127.0.0.1:${away}`,
    secret: undefined,
    log: testLog,
  };
  crowd = new RunningCrowd(pool, database.url, place, testLog);
  afterFile(() => crowd.close());
});

describe('the running crowd', { timeout: 60_000 }, () => {
  it('the running crowd is there, without a run, where the settings want no shoppers', async () => {
    const known = await eventually(async () => {
      const now = await readSimulator(pool);
      return now.present && now;
    });
    expect(known).toMatchObject({ settings: { running: false }, run: null });
  });

  it('the running crowd begins as soon as the settings want it, without a ledger, and counts pages that fail', async () => {
    await changeSimulator(pool, { running: true, rate: 50, users: 20 });
    const run = await eventually(async () => {
      const { run: now } = await readSimulator(pool);
      return now !== null && now.errors > 0 && now;
    });
    expect(run).toMatchObject({ events: 0, rate: 0, p50_ms: null, faults: {}, ledger: null });
  });

  it('the running crowd begins anew with other settings', async () => {
    const since = async () => (await readSimulator(pool)).run?.since;
    const first = await since();
    await changeSimulator(pool, { rate: 40 });
    const second = await eventually(async () => {
      const now = await since();
      return now !== undefined && now !== first && now;
    });
    expect(Date.parse(second)).toBeGreaterThan(Date.parse(first ?? ''));
  });

  it('the running crowd is absent once it was closed', async () => {
    await crowd.close();
    expect(await readSimulator(pool)).toMatchObject({ present: false, run: null });
  });
});
