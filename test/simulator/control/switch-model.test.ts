// What the switch of the shoppers says before its script has asked.

import { beforeAll, expect, it } from 'vitest';
import type { Pool } from '../../../src/db/pool.ts';
import { changeSimulator, reportRun } from '../../../src/simulator/control/store.ts';
import { crowdSwitch, unknownSwitch } from '../../../src/simulator/control/switch-model.ts';
import { FAULT_NAMES } from '../../../src/simulator/core/faults.ts';
import { migratedDatabase } from '../../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

it('the switch says that no simulator runs, whatever the settings want', async () => {
  expect((await crowdSwitch(pool)).state).toBe('nobody: no simulator runs');
});

it.each([
  [{ running: true, rate: 1 }, 'about 1 event a second'],
  [{ running: true, rate: 0.5 }, 'about 0.5 events a second'],
  [{ running: true, rate: 20 }, 'about 20 events a second'],
  [{ running: false, rate: 20 }, 'stopped'],
])('the switch says of the settings %j: %s', async (settings, words) => {
  await changeSimulator(pool, settings);
  await reportRun(pool, null);
  expect((await crowdSwitch(pool)).state).toBe(words);
});

it('the switch has every fault with its words, also where Postgres does not answer', async () => {
  const { state, faults } = unknownSwitch();
  expect(state).toBe('not known: Postgres does not answer');
  expect(faults.map(({ name }) => name)).toEqual(FAULT_NAMES);
  expect(faults).toContainEqual({ name: 'duplicate', words: 'it is sent twice, byte for byte' });
  expect((await crowdSwitch(pool)).faults).toEqual(faults);
});
