import { describe, expect, it } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { shareOut } from '../../seed/published.ts';
import { describeVerification } from '../../seed/terminal.ts';
import { verifyCounts } from '../../seed/verify.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { replicaFile } from './support.ts';

describe('verifyCounts', () => {
  it('verifyCounts finds all cells different where nothing is loaded, but for the two that are published as none', async () => {
    const { pool } = await migratedDatabase();
    const verification = await verifyCounts(pool);
    expect(verification).toMatchObject({ published: 8_471_220, loaded: 0, different: 28 });
    expect(verification.cells).toHaveLength(30);
  });

  it('verifyCounts sets what is loaded beside what is published, cell by cell', async () => {
    const { pool } = await migratedDatabase();
    await loadFile({ pool, log: testLog, file: await replicaFile(3_000) });
    const { cells } = await verifyCounts(pool);
    expect(cells.map(({ loaded }) => loaded)).toEqual(shareOut(3_000));
    expect(cells[0]).toEqual({
      product: 'accessories',
      device: 'desktop',
      title: 'banner_show',
      published: 410_003,
      loaded: shareOut(3_000)[0],
      difference: (shareOut(3_000)[0] ?? 0) - 410_003,
    });
  });

  it('the result of verifyCounts is a table that says how many cells differ', async () => {
    const { pool } = await migratedDatabase();
    const text = describeVerification(await verifyCounts(pool));
    expect(text).toContain('accessories       desktop  banner_show     410,003       0    -410,003');
    expect(text).toContain('28 of 30 cells differ: 0 rows loaded, 8,471,220 published');
  });
});
