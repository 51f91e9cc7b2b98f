// The rows of the sample, among those of others: counted, and removed with whatever counts them.

import { expect, it } from 'vitest';
import { removeSample, sampleRows } from '../../../../seed/load/merge/sample-rows.ts';
import { loadFile } from '../../../../seed/load.ts';
import { HEADER } from '../../../../seed/published.ts';
import { loadSample } from '../../../../seed/sample.ts';
import { transaction } from '../../../../src/db/pool.ts';
import { migratedDatabase, testLog } from '../../../support/database.ts';
import { anEvent } from '../../../support/events.ts';
import { ingested } from '../../../support/ingested.ts';
import { expectRollupsEqualEvents } from '../../../support/recount.ts';
import { countEvents } from '../../count-events.ts';
import { fileOf, rowsOf } from '../../support.ts';

it('the sample goes with its counts and its record, and live events of its time stay', async () => {
  const { pool } = await migratedDatabase();
  await loadSample(pool, testLog);
  const beside = [anEvent(), anEvent({ time: '2019-03-04T10:00:00.000Z' })];
  await ingested(pool, beside);
  expect(await transaction(pool, sampleRows)).toBe(20_000);
  await transaction(pool, removeSample);
  expect(await transaction(pool, sampleRows)).toBe(0);
  expect(await countEvents(pool)).toBe(beside.length);
  expect((await pool.query('TABLE loads')).rows).toEqual([]);
  await expectRollupsEqualEvents(pool);
});

it('where there is no sample, nothing of a loaded file goes', async () => {
  const { pool } = await migratedDatabase();
  await loadFile({ pool, log: testLog, file: await fileOf(`${HEADER}\n${rowsOf(50).join('\n')}\n`) });
  await transaction(pool, removeSample);
  expect(await transaction(pool, sampleRows)).toBe(0);
  expect(await countEvents(pool)).toBe(50);
  expect((await pool.query('SELECT rows FROM loads')).rows).toEqual([{ rows: 50 }]);
  await expectRollupsEqualEvents(pool);
});
