// The template's model of the dashboards' switch of simulated shoppers. Once the switch is opened, its script queries the API.

import type { Pool } from '../../db/pool.ts';
import { FAULT_NAMES, FAULTS } from '../core/faults.ts';
import { readSimulator, type SimulatorState } from './store.ts';

export type CrowdSwitch = {
  readonly state: string;
  readonly faults: readonly { readonly name: string; readonly words: string }[];
};

/** @throws pg's error */
export const crowdSwitch = async (pool: Pool): Promise<CrowdSwitch> =>
  switchWith(stateText(await readSimulator(pool)));

/** The switch on a page that is also served while Postgres is away. */
export const unknownSwitch = (): CrowdSwitch => switchWith('not known: Postgres does not answer');

const switchWith = (state: string): CrowdSwitch => ({
  state,
  faults: FAULT_NAMES.map((name) => ({ name, words: FAULTS[name] })),
});

function stateText({ present, settings: { running, rate } }: SimulatorState): string {
  if (!present) return 'nobody: no simulator runs';
  return running ? `about ${rate} event${rate === 1 ? '' : 's'} a second` : 'stopped';
}
