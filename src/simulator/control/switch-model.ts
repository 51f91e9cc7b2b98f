// The model of the dashboards' switch of simulated shoppers, until it is opened and its script queries the API.

import type { Pool } from '../../db/pool.ts';
import { FAULTS } from '../core/faults.ts';
import { PAGE_FAULTS } from './settings.ts';
import { type Known, readSimulator } from './store.ts';

export type CrowdSwitch = {
  readonly state: string;
  readonly faults: readonly { readonly name: string; readonly words: string }[];
};

/** @throws pg's error */
export async function crowdSwitch(pool: Pool): Promise<CrowdSwitch> {
  const faults = PAGE_FAULTS.map((name) => ({ name, words: FAULTS[name] }));
  return { state: stateText(await readSimulator(pool)), faults };
}

function stateText({ present, settings: { running, rate } }: Known): string {
  if (!present) return 'nobody: no simulator runs';
  return running ? `about ${rate} event${rate === 1 ? '' : 's'} a second` : 'stopped';
}
