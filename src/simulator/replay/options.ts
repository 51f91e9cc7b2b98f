// The options of a replay, from the command line.

import { parseDuration } from '../../runtime/duration.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { type Fault, parseFaults } from '../core/faults.ts';
import { shellWord } from '../repeat.ts';
import { type Mapping, parseMapping } from './record.ts';
import type { Pace } from './timing.ts';

const USUAL_GAP = '10s';
const FASTEST = 1_000_000;

/** The options as the command line gives them. */
export type ReplayGiven = {
  readonly speed?: string | undefined;
  readonly longestGap?: string | undefined;
  readonly keepTiming?: true | undefined;
  readonly loop?: true | undefined;
  readonly map?: string | undefined;
  readonly chaos?: string | undefined;
  /** Milliseconds since 1970. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly seed?: number | undefined;
  readonly clock?: number | undefined;
  readonly dryRun?: true | undefined;
};

export type ReplayOptions = {
  /** Undefined for a range of the topic. */
  readonly file: string | undefined;
  readonly range: { readonly fromMs: number; readonly toMs: number | undefined };
  readonly mapping: Mapping;
  readonly pace: Pace;
  readonly loop: boolean;
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly startMs: number;
  /** The command that repeats it. */
  readonly command: string;
};

/** Options that only a replay has. */
const OF_REPLAYS = ['speed', 'longestGap', 'keepTiming', 'loop', 'map', 'from', 'to'] as const;

/** @throws {ExpectationError} where a run is given what only a replay has */
export function refuseReplayOptions(given: ReplayGiven): void {
  const name = OF_REPLAYS.find((one) => given[one] !== undefined);
  if (name !== undefined)
    throw new ExpectationError(
      `received --${name.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}, which only a replay has, expected --replay FILE with it`,
    );
}

/**
 * @param nowMs milliseconds since 1970
 * @throws {ExpectationError} for the first value that can't be used
 */
export function readReplayOptions(
  file: string | undefined,
  given: ReplayGiven,
  nowMs: number,
): ReplayOptions {
  if (file === undefined && given.from === undefined)
    throw new ExpectationError('received no file, expected one, or --from for a range of the topic');
  if (file !== undefined && (given.from ?? given.to) !== undefined)
    throw new ExpectationError(`received ${file} with --from or --to, expected them without a file`);
  if (given.keepTiming === true && given.longestGap !== undefined)
    throw new ExpectationError('received --keep-timing and --longest-gap, expected one of the two');
  const [fromMs, toMs] = [given.from ?? 0, given.to];
  if (toMs !== undefined && toMs <= fromMs)
    throw new ExpectationError(
      `to: received ${new Date(toMs).toISOString()}, expected a time after ${new Date(fromMs).toISOString()}`,
    );
  return {
    file,
    range: { fromMs, toMs },
    mapping: parseMapping(given.map),
    pace: {
      speed: parseSpeed(given.speed ?? '1x'),
      longestGapMs:
        given.keepTiming === true
          ? Number.POSITIVE_INFINITY
          : parseDuration('longest-gap', given.longestGap ?? USUAL_GAP),
    },
    loop: given.loop === true,
    seed: given.seed ?? 1,
    faults: given.chaos === undefined ? [] : parseFaults(given.chaos),
    startMs: given.clock ?? nowMs,
    command: commandOf(file, given, nowMs),
  };
}

/** `10x`, `0.5` or `max`. @throws {ExpectationError} */
function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const [, digits] = /^(\d{1,7}(?:\.\d{1,4})?)x?$/.exec(text.trim()) ?? [];
  const speed = Number(digits);
  if (speed > 0 && speed <= FASTEST) return speed;
  throw new ExpectationError(`speed: received ${JSON.stringify(text)}, expected 10x, 0.5x or max`);
}

function commandOf(file: string | undefined, given: ReplayGiven, nowMs: number): string {
  const time = (ms: number) => new Date(ms).toISOString();
  const { speed, longestGap, keepTiming, loop, map, chaos, from, to, seed = 1, clock = nowMs } = given;
  return [
    'npm run simulate -- replay',
    ...(file === undefined ? [] : [shellWord(file)]),
    ...(speed === undefined ? [] : [`--speed ${shellWord(speed)}`]),
    ...(longestGap === undefined ? [] : [`--longest-gap ${shellWord(longestGap)}`]),
    ...(keepTiming === true ? ['--keep-timing'] : []),
    ...(loop === true ? ['--loop'] : []),
    ...(map === undefined ? [] : [`--map ${shellWord(map)}`]),
    ...(chaos === undefined ? [] : [`--chaos ${shellWord(chaos)}`]),
    ...(from === undefined ? [] : [`--from ${time(from)}`]),
    ...(to === undefined ? [] : [`--to ${time(to)}`]),
    `--seed ${seed} --clock ${time(clock)}`,
  ].join(' ');
}
