// Files that are loaded over others, small and large.

import { describe, expect, it } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { loadSample } from '../../seed/sample.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { countEvents } from './count-events.ts';
import { csvFile, replicaFile } from './support.ts';

describe.each([
  ['a small file, merged into the table', 2_000],
  ['a large file, which becomes the table', 26_000],
])('loadFile with %s', (_, rows) => {
  it('a loaded file takes the place of the sample', async () => {
    const { pool } = await migratedDatabase();
    await loadSample(pool, testLog);
    await loadFile({ pool, log: testLog, file: await replicaFile(rows) });
    expect(await countEvents(pool)).toBe(rows);
    expect((await pool.query('SELECT sample, rows FROM loads')).rows).toEqual([{ sample: false, rows }]);
    await expectRollupsEqualEvents(pool);
  });

  it('loadFile adds nothing the second time', async () => {
    const { pool } = await migratedDatabase();
    const file = await replicaFile(rows);
    await loadFile({ pool, log: testLog, file });
    expect(await loadFile({ pool, log: testLog, file })).toMatchObject({ added: 0, known: true });
    expect(await countEvents(pool)).toBe(rows);
    await expectRollupsEqualEvents(pool);
  });

  it('loadFile adds only what is new of a file that repeats another one', async () => {
    const { pool } = await migratedDatabase();
    await loadFile({ pool, log: testLog, file: await replicaFile(rows / 10) });
    const half = await csvFile(await replicaFile(rows / 10), (lines) => lines.slice(0, 100));
    expect(await loadFile({ pool, log: testLog, file: half })).toMatchObject({ added: 0, present: 100 });
    await expectRollupsEqualEvents(pool);
  });
});
