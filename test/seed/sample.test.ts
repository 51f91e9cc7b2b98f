import { expect, it } from 'vitest';
import { loadSample } from '../../seed/sample.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { countEvents } from './count-events.ts';

it('the sample is 20,000 rows, labelled as such, that every chart counts', async () => {
  const { pool } = await migratedDatabase();
  const result = await loadSample(pool, testLog);
  expect(result).toMatchObject({ added: 20_000, rejected: 0 });
  expect(await countEvents(pool)).toBe(20_000);
  expect((await pool.query('SELECT source, sample, rows FROM loads')).rows).toEqual([
    { source: 'sample', sample: true, rows: 20_000 },
  ]);
  await expectRollupsEqualEvents(pool);
});

it('the sample is not loaded where something was loaded before', async () => {
  const { pool } = await migratedDatabase();
  await loadSample(pool, testLog);
  expect(await loadSample(pool, testLog)).toBeUndefined();
  expect(await countEvents(pool)).toBe(20_000);
});
