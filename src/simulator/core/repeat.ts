// The command that repeats a run, with every option that its events depend on.

import type { RunOptions } from '../options.ts';
import type { Fault } from './faults.ts';

/** The text that parseFaults() reads. */
export const faultText = ({ fault, share, from, until }: Fault): string =>
  `${fault}=${share}${from > 0 || Number.isFinite(until) ? `@${from}ms` : ''}${Number.isFinite(until) ? `+${until - from}ms` : ''}`;

/** `npm run simulate -- …` */
export function commandOf(options: RunOptions): string {
  const { users, rate, duration, seed, personas, target, curve, clock, scenario } = options;
  // The others are in the scenario.
  const faults = scenario === undefined ? options.faults : options.chaos;
  const [only, ...others] = personas;
  return [
    'npm run simulate --',
    ...(scenario === undefined ? [] : [`--scenario ${quoted(scenario)}`]),
    `--users ${users} --rate ${Number.isFinite(rate) ? rate : 'max'} ${Number.isFinite(duration) ? `--duration ${duration}ms ` : ''}--seed ${seed}`,
    ...(only !== undefined && others.length === 0 ? [`--persona ${only.name}`] : []),
    `--target ${target} --curve ${curve}`,
    ...(faults.length === 0 ? [] : [`--chaos ${faults.map(faultText).join(',')}`]),
    `--clock ${new Date(clock).toISOString()}`,
  ].join(' ');
}

/** As a shell takes it for one word. */
const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
