// The command that repeats a run, with every option that its events depend on.

import { chaosText } from './chaos.ts';
import type { RunOptions } from './options.ts';

/** `npm run simulate -- …` */
export function commandOf(options: RunOptions): string {
  const { users, rate, duration, seed, personas, target, curve, clock, scenario } = options;
  // Those of the scenario are in its file.
  const chaos = chaosText(scenario === undefined ? options : options.chaos);
  const [only, ...others] = personas;
  const crowd = `--users ${users} --rate ${Number.isFinite(rate) ? rate : 'max'}`;
  return [
    'npm run simulate --',
    ...(scenario === undefined ? [] : [`--scenario ${shellWord(scenario)}`]),
    // A scenario without shoppers has `users: 0` in its file.
    ...(users === 0 ? [] : [crowd]),
    ...(Number.isFinite(duration) ? [`--duration ${duration}ms`] : []),
    `--seed ${seed}`,
    ...(only !== undefined && others.length === 0 ? [`--persona ${only.name}`] : []),
    `--target ${target} --curve ${curve}`,
    ...(chaos === '' ? [] : [`--chaos ${chaos}`]),
    `--clock ${new Date(clock).toISOString()}`,
  ].join(' ');
}

/** A text as one word of a shell. */
export const shellWord = (text: string): string =>
  /^[\w./:=,@+%-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
