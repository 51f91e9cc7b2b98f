// A load that ends half way: cut off, and begun again.

import { expect, it } from 'vitest';
import { type LoadProgress, loadFile } from '../../../seed/load.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { expectRollupsEqualEvents } from '../../support/recount.ts';
import { countEvents } from '../count-events.ts';
import { loadPart, mergePart } from '../cut-off.ts';
import { csvFile, replicaFile } from '../support.ts';

const ROWS = 26_000;

it('a load that was cut off goes on after its last commit', async () => {
  const { pool } = await migratedDatabase();
  const file = await replicaFile(ROWS);
  await loadPart(pool, file, 3_000_000);
  const seen: LoadProgress[] = [];
  const onProgress = (progress: LoadProgress) => seen.push(progress);
  expect(await loadFile({ pool, log: testLog, file, onProgress })).toMatchObject({ added: ROWS });
  expect(seen[0]?.resumedRows).toBeGreaterThan(10_000);
  expect(await countEvents(pool)).toBe(ROWS);
  await expectRollupsEqualEvents(pool);
});

it('a load that was cut off in its merge is resumed with the rest', async () => {
  const { pool } = await migratedDatabase();
  const rows = 6_000;
  const file = await replicaFile(rows);
  await mergePart(pool, file, rows);
  expect(await loadFile({ pool, log: testLog, file })).toMatchObject({
    added: rows,
    present: 0,
    rejected: 0,
  });
  await expectRollupsEqualEvents(pool);
});

it('a strict load is refused for the bad rows that one before it, which was not strict, had set aside', async () => {
  const { pool } = await migratedDatabase();
  const file = await csvFile(await replicaFile(ROWS), (lines) => ['x', ...lines]);
  await loadPart(pool, file, 3_000_000);
  await expect(loadFile({ pool, log: testLog, file, strict: true })).rejects.toMatchObject({
    code: 'BAD_ROW',
  });
  expect(await countEvents(pool)).toBe(0);
});
