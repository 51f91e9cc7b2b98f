import { expect, it } from 'vitest';
import { withConnections } from '../../../seed/load/connections.ts';
import { loadFile } from '../../../seed/load.ts';
import { migratedDatabase, openTestPool, testLog } from '../../support/database.ts';
import { expectRollupsEqualEvents } from '../../support/recount.ts';
import { replicaFile } from '../support.ts';

const ROWS = 26_000;

it('two loads at once are one after the other', async () => {
  const { pool } = await migratedDatabase();
  const file = await replicaFile(ROWS);
  const both = await Promise.all([
    loadFile({ pool, log: testLog, file }),
    loadFile({ pool, log: testLog, file }),
  ]);
  expect(both.map(({ added }) => added).sort((a, b) => a - b)).toEqual([0, ROWS]);
  await expectRollupsEqualEvents(pool);
});

it('a load that has to wait too long is told of the one before it', async () => {
  const { pool, url } = await migratedDatabase();
  await withConnections(pool, async () => {
    const second = withConnections(openTestPool(url), async () => 'never', 0);
    await expect(second).rejects.toMatchObject({
      code: 'LOAD_RUNNING',
      message: expect.stringMatching(
        /^another file is being loaded into this database: wait until it is done$/,
      ),
    });
  });
});

it('the connections of a load are closed, with their settings and locks, also where it fails', async () => {
  const { pool } = await migratedDatabase();
  const failing = withConnections(pool, async ({ main, side }) => {
    for (const client of [main, side])
      expect((await client.query('SHOW work_mem')).rows).toEqual([{ work_mem: '256MB' }]);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect((await pool.query('SHOW work_mem')).rows).not.toEqual([{ work_mem: '256MB' }]);
  expect(await withConnections(pool, async () => 'again', 0)).toBe('again');
});
