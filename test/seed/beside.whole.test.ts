// Files that become the table while the shop is open, and another time zone after one.

import { describe, it } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { useTimeZone } from '../../src/db/time-zone.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { liveEvents, storeLive, testBesideLiveEvents } from './beside.ts';
import { replicaFile } from './support.ts';

describe('a file that is published beside live events', () => {
  testBesideLiveEvents(26_000);
});

describe('users of a loaded year', () => {
  it('users of a loaded year are counted anew where the time zone changes', async () => {
    const { pool } = await migratedDatabase('UTC');
    await loadFile({ pool, log: testLog, file: await replicaFile(26_000) });
    await storeLive(pool, liveEvents(20));
    await useTimeZone(pool, testLog, 'America/New_York', 'UTC');
    await expectRollupsEqualEvents(pool);
    await storeLive(pool, [...liveEvents(5), ...liveEvents(5, '2019-03-10T07:30:00.000Z')]);
    await expectRollupsEqualEvents(pool);
  });
});
