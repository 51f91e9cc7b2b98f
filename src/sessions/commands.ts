// The command `sessions` with its subcommands, and `clicks`. Answers go to standard output, messages to standard error.
// Exit codes: 0 all lines were read, 1 lines were rejected or the command failed.

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parseDuration } from '../runtime/duration.ts';
import { messageOf } from '../runtime/errors.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { standardOutput } from '../runtime/standard-output.ts';
import { clockTime, statusLine } from '../runtime/status-line.ts';
import { formatNumber, renderTable, type TableRow } from '../runtime/table.ts';
import { formatAnswers, needsKinds, readAnswers } from './batch/answers.ts';
import { csvOf } from './batch/csv.ts';
import { explainFiles } from './batch/explain.ts';
import { readGapCurve } from './batch/gap-curve.ts';
import { findInputs } from './batch/inputs.ts';
import { parseMemory } from './batch/memory.ts';
import type { SetAside, Wanted } from './batch/read.ts';
import { readRules } from './batch/rules.ts';
import { withEvents } from './batch/run.ts';
import type { Stage } from './batch/statements.ts';
import { writeClicks } from './clicks/write.ts';
import { DONE, exitCodeOf, NOT_ALL } from './exit.ts';
import { ANSWERS, type Answer, type Format, type Profile, type Rule } from './options.ts';

/** Number of rejected lines that standard error lists; --rejects has all. */
const NAMED = 20;

/** The progress line of each stage. */
const WORDS: Readonly<Record<Stage, string>> = {
  steps: 'computing each visitor’s gaps',
  single: 'separating sessions of one event',
  numbered: 'numbering sessions',
  lengths: 'measuring sessions',
  by_kind: 'counting sessions of one kind',
  mixed: 'separating sessions of several kinds',
  by_value: 'counting by value',
};

/** The options as the command line gives them. */
export type GivenOptions = {
  readonly format: Format;
  readonly gap: string;
  readonly memory: string;
  readonly spill: string;
  readonly rejects?: string | undefined;
};

export type SessionsOptions = GivenOptions & {
  readonly answer?: readonly Answer[] | undefined;
  readonly rule?: Rule | 'all' | undefined;
  readonly multiEventOnly?: true;
};

type Asked<T> = {
  readonly paths: readonly string[];
  readonly options: GivenOptions;
  readonly wanted: Wanted;
  readonly multiEventOnly?: boolean;
  readonly ask: (connection: DuckDBConnection, onStage: (stage: Stage) => void) => Promise<T>;
  readonly format: (answer: T) => string;
};

/** Reads the files with their progress, asks, and prints the answer and the rejected lines. @returns the exit code */
async function answer<T>({ paths, options, wanted, multiEventOnly, ask, format }: Asked<T>): Promise<number> {
  const [gapMs, memoryBytes] = [parseDuration('--gap', options.gap), parseMemory(options.memory)];
  if (gapMs === 0) throw new ExpectationError('--gap: received 0, expected a length of time');
  const inputs = findInputs(paths);
  const line = statusLine(process.stderr);
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  const rejects = await rejectsTo(options.rejects);
  const { answer: found, events } = await withEvents(
    {
      inputs,
      gapMs,
      multiEventOnly: multiEventOnly === true,
      memoryBytes,
      spillFolder: options.spill,
      wanted,
      onSetAside: rejects.add,
      onRead: (progress) => line.show(() => readingText(progress, seconds())),
    },
    (connection) => ask(connection, (stage) => line.show(() => WORDS[stage], true)),
  ).finally(line.clear);
  await print(format(found));
  const took = `${seconds().toFixed(1)} s, ${formatNumber(Math.round(events / seconds()))} events/s`;
  console.error(`${formatNumber(events)} events of ${inputs.length} files in ${took}`);
  return (await rejects.end()) === 0 ? DONE : NOT_ALL;
}

function readingText(
  { bytes, allBytes, events }: { readonly bytes: number; readonly allBytes: number; readonly events: number },
  seconds: number,
): string {
  const share = allBytes === 0 ? 1 : bytes / allBytes;
  const parts = ['reading', `${Math.floor(share * 100)} %`];
  parts.push(
    events > 0
      ? `${formatNumber(events)} rows  ${formatNumber(Math.round(events / seconds))} rows/s`
      : `${(bytes / 1024 ** 2 / seconds).toFixed(1)} MB/s`,
  );
  if (share > 0.01) parts.push(`${clockTime((seconds / share) * (1 - share))} left`);
  return parts.join('  ');
}

/**
 * Reports rejected lines: all of them into a file where one is named, the first and their number on standard error.
 * @returns `end`, which resolves to their number
 * @throws {ExpectationError} where the file can't be written, as on a full disk at the end
 */
async function rejectsTo(
  file: string | undefined,
): Promise<{ add(one: SetAside): void; end(): Promise<number> }> {
  const out = file === undefined ? undefined : await createFile(file);
  // The end throws it; without a listener, a full disk would end the process before the answers are printed.
  out?.on('error', () => {});
  const named: string[] = [];
  let count = 0;
  return {
    add: (one) => {
      count += 1;
      if (count <= NAMED) named.push(`  ${one.file}:${one.line}: ${one.reason}`);
      out?.write(`${JSON.stringify(one)}\n`);
    },
    end: async () => {
      if (count > 0) console.error([`${formatNumber(count)} lines were set aside:`, ...named].join('\n'));
      if (count > NAMED) console.error(`  and ${formatNumber(count - NAMED)} more`);
      if (out !== undefined)
        await finished(out.end()).catch((error) => Promise.reject(unwritable(file, error)));
      return count;
    },
  };
}

async function createFile(file: string): Promise<WriteStream> {
  const out = createWriteStream(file);
  try {
    await once(out, 'open');
    return out;
  } catch (error) {
    throw unwritable(file, error);
  }
}

const unwritable = (file: string | undefined, error: unknown) =>
  new ExpectationError(`--rejects: received ${file}, which can't be written: ${messageOf(error)}`);

async function print(text: string): Promise<void> {
  const out = standardOutput();
  await new Promise<void>((resolve, reject) =>
    out.write(text, (error) => (error ? reject(error) : resolve())),
  );
}

const formatRows =
  (format: Format, columns: readonly string[]) =>
  (rows: readonly TableRow[]): string => {
    if (format === 'json') return `${JSON.stringify(rows, undefined, 2)}\n`;
    return format === 'csv' ? csvOf(columns, rows) : `${renderTable(rows)}\n`;
  };

/** The three answers about files of clicks, or with `rule` the totals of six rules. */
export const sessions = (paths: readonly string[], options: SessionsOptions): Promise<number> =>
  exitCodeOf('sessions', async () => {
    const { rule, format, answer: asked = ANSWERS } = options;
    if (rule !== undefined) return rules(paths, rule, options);
    return answer({
      paths,
      options,
      wanted: { ids: 'hashed', kinds: needsKinds(asked) },
      multiEventOnly: options.multiEventOnly === true,
      ask: (connection, onStage) => readAnswers(connection, asked, onStage),
      format: (found) => formatAnswers(found, format),
    });
  });

const rules = (paths: readonly string[], rule: Rule | 'all', options: SessionsOptions): Promise<number> =>
  answer({
    paths,
    options,
    wanted: { ids: 'kept', kinds: false },
    ask: (connection, onStage) => {
      onStage('steps');
      return readRules(connection, rule);
    },
    format: ({ totals, differences }) => {
      const differing = differences.map(({ sent_ms, ...rest }) => ({
        ...rest,
        time: new Date(sent_ms).toISOString(),
      }));
      if (options.format === 'json')
        return `${JSON.stringify({ totals, differences: differing }, undefined, 2)}\n`;
      const rows = formatRows(options.format, ['rule', 'sessions', 'differing_events'])(totals);
      if (options.format === 'csv' || differing.length === 0) return rows;
      return `${rows}\nEvents that open a session by one rule only:\n${renderTable(differing)}\n`;
    },
  });

/** The number of sessions by session gap. */
export const gapCurve = (paths: readonly string[], options: GivenOptions): Promise<number> =>
  exitCodeOf('sessions gaps', () =>
    answer({
      paths,
      options,
      wanted: { ids: 'hashed', kinds: false },
      ask: (connection, onStage) => {
        onStage('steps');
        return readGapCurve(connection);
      },
      format: formatRows(options.format, ['gap', 'sessions']),
    }),
  );

/** The events of some visitors in files, each with the gap before it and the verdict. */
export const explain = (
  ids: readonly string[],
  paths: readonly string[],
  options: GivenOptions,
): Promise<number> =>
  exitCodeOf('sessions explain', () =>
    answer({
      paths,
      options,
      wanted: { ids, kinds: false },
      ask: (connection) => explainFiles(connection, parseDuration('--gap', options.gap)),
      format: formatRows(options.format, ['visitor', 'session', 'time', 'file', 'verdict']),
    }),
  );

export type ClicksOptions = {
  readonly rows: number;
  readonly seed: number;
  readonly profile: Profile;
  readonly parts: number;
  readonly out: string;
};

/** Writes test files. */
export const clicks = ({ out, ...options }: ClicksOptions): Promise<number> =>
  exitCodeOf('clicks', async () => {
    if (options.parts === 0) throw new ExpectationError('--parts: received 0, expected at least 1');
    const line = statusLine(process.stderr);
    const begun = performance.now();
    const paths = await writeClicks({ ...options, folder: out }, (rows) =>
      line.show(() => {
        const seconds = (performance.now() - begun) / 1000;
        const left = clockTime((seconds / rows) * (options.rows - rows));
        return `${formatNumber(rows)} rows  ${formatNumber(Math.round(rows / seconds))} rows/s  ${left} left`;
      }),
    ).finally(line.clear);
    console.error(`${formatNumber(options.rows)} clicks in ${paths.length} files of ${out}`);
    return DONE;
  });
