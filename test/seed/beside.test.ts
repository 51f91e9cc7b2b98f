// Loading while the shop is open: live events are neither lost nor doubled, and both add up in the charts. beside.whole does so with files
// that become the table.

import { describe, expect, it, onTestFinished } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { HEADER } from '../../seed/published.ts';
import { openPool } from '../../src/db/pool.ts';
import { newId } from '../../src/events/ids.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { eventOf, liveEvents, storeLive, testBesideLiveEvents } from './beside.ts';
import { fileOf, replicaFile, rowsOf } from './support.ts';

describe('a file that is merged beside live events', () => {
  testBesideLiveEvents(3_000);
});

describe('users of a loaded year', () => {
  it('a load are counted once when they come back in that year, on the same device or another', async () => {
    const { pool } = await migratedDatabase();
    const lines = rowsOf(26_000);
    await loadFile({ pool, log: testLog, file: await fileOf(`${HEADER}\n${lines.join('\n')}\n`) });
    expect((await pool.query('SELECT year FROM unlisted_years')).rows).toEqual([{ year: 2019 }]);
    const known = lines.slice(0, 20).map((line) => ({ ...eventOf(line), order_id: newId() }));
    const switched = known.map((event) => ({
      ...event,
      order_id: newId(),
      site_version: event.site_version === 'mobile' ? ('desktop' as const) : ('mobile' as const),
    }));
    await Promise.all([
      storeLive(pool, [...known, ...liveEvents(5, '2019-07-01T00:00:00.000Z')], 0),
      storeLive(pool, [...switched, ...liveEvents(5, '2019-07-01T00:00:00.000Z')], 1),
      storeLive(pool, liveEvents(5), 2),
    ]);
    expect((await pool.query('SELECT year FROM unlisted_years')).rows).toEqual([]);
    await expectRollupsEqualEvents(pool);
  });

  it('a load are listed for as long as it takes, by whoever gives up a silent connection too', async () => {
    const { pool, url } = await migratedDatabase();
    await loadFile({ pool, log: testLog, file: await replicaFile(26_000) });
    await pool.query(
      `CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END';
       CREATE TRIGGER slowly BEFORE INSERT ON user_years
         FOR EACH STATEMENT WHEN (pg_trigger_depth() > 0) EXECUTE FUNCTION slowly()`,
    );
    const impatient = openPool(url, testLog, 1, { answerMs: 500 });
    onTestFinished(() => impatient.end());
    await storeLive(impatient, liveEvents(5, '2019-07-01T00:00:00.000Z'));
    expect((await pool.query('SELECT year FROM unlisted_years')).rows).toEqual([]);
    await expectRollupsEqualEvents(pool);
  });
});
