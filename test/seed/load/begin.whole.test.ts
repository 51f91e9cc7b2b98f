// What a load that was cut off leaves, where another file comes next.

import { describe, expect, it } from 'vitest';
import { loadFile } from '../../../seed/load.ts';
import { HEADER } from '../../../seed/published.ts';
import { loadSample } from '../../../seed/sample.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { expectRollupsEqualEvents } from '../../support/recount.ts';
import { countEvents } from '../count-events.ts';
import { loadPart, mergePart } from '../cut-off.ts';
import { fileOf, replicaFile, rowsOf } from '../support.ts';

const ROWS = 26_000;

describe('a load that was cut off', () => {
  it('a load that was cut off is forgotten where the next file is another one', async () => {
    const { pool } = await migratedDatabase();
    await loadPart(pool, await replicaFile(ROWS, 1), 3_000_000);
    expect(await loadFile({ pool, log: testLog, file: await replicaFile(ROWS, 2) })).toMatchObject({
      added: ROWS,
    });
    const { rows } = await pool.query(
      `SELECT FROM pg_class WHERE relname ~ '^events_\\d+$' AND relkind = 'r'`,
    );
    expect(rows).toHaveLength(1);
    await expectRollupsEqualEvents(pool);
  });

  it('a load that was cut off is forgotten where the next file is a shorter one', async () => {
    const { pool } = await migratedDatabase();
    await loadPart(pool, await replicaFile(ROWS), 3_000_000);
    expect(await loadFile({ pool, log: testLog, file: await replicaFile(50) })).toMatchObject({ added: 50 });
    await expectRollupsEqualEvents(pool);
  });

  it('a load that was cut off leaves the sample and the charts as they were', async () => {
    const { pool } = await migratedDatabase();
    await loadSample(pool, testLog);
    await loadPart(pool, await replicaFile(ROWS), 3_000_000);
    expect(await countEvents(pool)).toBe(20_000);
    await expectRollupsEqualEvents(pool);
  });
});

describe('a load that was cut off while its rows were merged', () => {
  const rows = 6_000;

  it('a load that was cut off in its merge is brought to its end before another file, as its rows are half in the table', async () => {
    const { pool } = await migratedDatabase();
    await mergePart(pool, await replicaFile(rows), rows);
    const other = await fileOf(`${HEADER}\n${rowsOf(100, 500_000).join('\n')}\n`);
    expect(await loadFile({ pool, log: testLog, file: other })).toMatchObject({ added: 100 });
    expect((await pool.query('SELECT rows FROM loads ORDER BY id')).rows).toEqual([{ rows }, { rows: 100 }]);
    expect(await countEvents(pool)).toBe(rows + 100);
    await expectRollupsEqualEvents(pool);
  });
});
