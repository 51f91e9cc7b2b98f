// Plays a scenario, for commands and lessons alike: a run of shoppers with faulty events, and beside it the timeline's system faults
// and readers.

import { messageOf } from '../runtime/errors.ts';
import type { RunOptions } from './options.ts';
import { Readers } from './readers.ts';
import { type Place, type RunHooks, type RunResult, runSimulation } from './run.ts';
import { type Act, playSystemFaults } from './system-faults.ts';

export type Playing = RunHooks & {
  /** Does the scenario's system faults. */
  readonly act: Act;
  /** The group of the scenario's readers, which the caller closes; without one, they leave the group at the end. */
  readonly readers?: Readers;
};
/** `notDone`: a line for each step of the timeline that could not be done; empty where the run was aborted. */
export type Played = RunResult & { readonly notDone: readonly string[] };

/**
 * Plays to the end, or until the signal is aborted.
 * @throws the Kafka client's error where Kafka can't be reached at the start
 */
export async function playScenario(
  options: RunOptions,
  place: Place,
  signal: AbortSignal,
  { act, readers, begun = () => {}, ...keeping }: Playing,
): Promise<Played> {
  const over = new AbortController();
  const group = readers ?? new Readers(place.kafka, place.topic);
  let steps: Promise<readonly string[]> = Promise.resolve([]);
  const playSteps = async (): Promise<readonly string[]> => {
    const until = AbortSignal.any([signal, over.signal]);
    const reading = group.play(options.readers, until).then(
      () => [],
      (error) => [`readers did not join: ${messageOf(error)}`],
    );
    return (await Promise.all([playSystemFaults(options.system, act, until), reading])).flat();
  };
  try {
    const result = await runSimulation(options, place, signal, {
      ...keeping,
      begun: (tally) => {
        begun(tally);
        steps = playSteps();
      },
    });
    over.abort();
    const notDone = await steps;
    return { ...result, notDone: signal.aborted ? [] : notDone };
  } finally {
    over.abort();
    if (readers === undefined) await group.close();
  }
}
