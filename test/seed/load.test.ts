import { describe, expect, it } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { countEvents } from './count-events.ts';
import { replicaFile } from './support.ts';

describe.each([
  ['a small file, merged into the table', 2_000],
  ['a large file, which becomes the table', 26_000],
])('loadFile with %s', (_, rows) => {
  it('loadFile adds every row once and counts it in every chart', async () => {
    const { pool } = await migratedDatabase();
    const result = await loadFile({ pool, log: testLog, file: await replicaFile(rows) });
    expect(result).toMatchObject({ added: rows, present: 0, rejected: 0, known: false });
    expect(await countEvents(pool)).toBe(rows);
    await expectRollupsEqualEvents(pool);
  });
});
