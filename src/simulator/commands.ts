// The commands `simulate` and `simulate verify`. Events of a dry run go to standard output, messages to standard error.
// Exit codes: 0 success, 1 the rate was missed, a page failed, or the ledger and the stored events differ, 2 a wrong option.

import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setInterval } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { clusterOf, databaseUrlOf, shopAddress } from '../connections.ts';
import { openPool } from '../db/pool.ts';
import { createKafka, describeCluster } from '../kafka/client.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import { standardOutput } from '../runtime/standard-output.ts';
import { version } from '../runtime/version.ts';
import { readSecret } from '../site/secret.ts';
import type { Fault } from './core/faults.ts';
import { Funnel } from './core/funnel.ts';
import type { Send } from './core/inject.ts';
import { commandOf } from './core/repeat.ts';
import { ledgerFile } from './ledger/entry.ts';
import { readLedger } from './ledger/read.ts';
import { verifyRun } from './ledger/verify.ts';
import { type GivenOptions, type RunOptions, readOptions } from './options.ts';
import { FaultRecorder } from './periods/recorder.ts';
import { dryLine, planOf } from './plan.ts';
import { checkThere } from './replay/file.ts';
import { watchKeys } from './replay/keys.ts';
import { type ReplayGiven, readReplayOptions } from './replay/options.ts';
import { Pause } from './replay/pause.ts';
import { type PlanWithSkipped, sendReplay, withRecords } from './replay/replay.ts';
import { replaySends } from './replay/sends.ts';
import { describeComparison, describeRun, funnelLines, msText } from './report.ts';
import { type Place, runSimulation } from './run.ts';
import { playSystemFaults } from './system-faults.ts';
import type { Tally } from './tally.ts';

const DONE = 0;
const NOT_ALL = 1;
const WRONG_VALUE = 2;
const LINES_AT_ONCE = 1_000;
const TOLD_EVERY_MS = 10_000;
const SHOWN_EVERY_MS = 500;
/** Timeout of recording a run's faults in Postgres. */
const RECORD_MS = 3_000;

export type SimulateOptions = GivenOptions & {
  readonly scenario?: string | undefined;
  readonly dryRun?: true;
  readonly url?: string | undefined;
};

const logOf = ({ LOG_LEVEL }: Config): Logger =>
  createLog('simulator', LOG_LEVEL === 'info' ? 'warn' : LOG_LEVEL);

/** Turns an error that a user can mend into one line and exit code 1. */
async function told(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ExpectationError)) throw error;
    console.error(`simulate: ${error.message}`);
    return NOT_ALL;
  }
}

/** Works with the options that `read` returns; one that can't be used is one line and exit code 2. */
async function withOptions<T>(read: () => T, work: (options: T) => Promise<number>): Promise<number> {
  let options: T;
  try {
    options = read();
  } catch (error) {
    if (!(error instanceof ExpectationError)) throw error;
    console.error(`simulate: ${error.message}`);
    return WRONG_VALUE;
  }
  return told(() => work(options));
}

/** Runs, or prints the events of a run. */
export const simulate = (config: Config, given: SimulateOptions): Promise<number> =>
  withOptions(
    () => readOptions(given, given.scenario, Date.now()),
    async (options) => {
      if (given.dryRun === true) {
        const funnel = new Funnel();
        const code = await printSends(counted(planOf(options), funnel), commandOf(options));
        for (const line of funnelLines(options, funnel, true)) console.error(line);
        return code;
      }
      const log = logOf(config);
      const kafka = createKafka(clusterOf(config), 'shopstream-simulator', log);
      await describeCluster(kafka, clusterOf(config));
      const place = {
        kafka,
        topic: config.KAFKA_TOPIC,
        dataDir: config.DATA_DIR,
        ...shopOf(config, given.url),
        log,
      };
      return withRecorder(config, options.faults, log, (recorder) =>
        run(options, { ...place, recorder }, config.ADMIN_PASSWORD),
      );
    },
  );

/** Records the faults of a run for the charts, where the program's database can be reached. */
async function withRecorder<T>(
  config: Config,
  faults: readonly Fault[],
  log: Logger,
  work: (recorder: FaultRecorder | undefined) => Promise<T>,
): Promise<T> {
  const url = faults.length === 0 ? undefined : await databaseUrlOf(config).catch(() => undefined);
  if (url === undefined) return work(undefined);
  const pool = openPool(url, log, 1, { answerMs: RECORD_MS });
  try {
    return await work(new FaultRecorder(pool, log));
  } finally {
    await pool.end();
  }
}

/** The same sends, counted as they pass. */
function* counted(sends: Iterable<Send>, funnel: Funnel): Generator<Send> {
  for (const send of sends) {
    if (send.role !== undefined) funnel.add(send.role, send.event);
    yield send;
  }
}

/** Prints sends as NDJSON, and the command that repeats them; ends early where the signal is aborted. */
async function printSends(
  sends: Iterable<Send> | AsyncIterable<Send>,
  command: string,
  signal?: AbortSignal,
): Promise<number> {
  const out = standardOutput();
  let n = 0;
  let lines: string[] = [];
  const flush = async () => {
    if (!out.write(lines.join(''))) await once(out, 'drain');
    lines = [];
  };
  for await (const send of sends) {
    n += 1;
    lines.push(dryLine(n, send));
    if (lines.length === LINES_AT_ONCE) await flush();
    if (signal?.aborted === true) break;
  }
  await new Promise((resolve) => out.write(lines.join(''), resolve));
  console.error(`${n} events; again, with version ${version}: ${command} --dry-run`);
  return DONE;
}

/** @param password the admin's, for system faults of a scenario */
function run(options: RunOptions, place: Place, password: string | undefined): Promise<number> {
  return untilStopped(async (signal, begun) => {
    let refused: Promise<readonly string[]> = Promise.resolve([]);
    const result = await runSimulation(options, place, signal, {
      begun: (tally) => {
        begun(tally);
        refused = playSystemFaults(options.system ?? [], place.shop, password, signal);
      },
    });
    const { lines, failures } = describeRun(options, result, commandOf(options));
    return { lines, failures: [...failures, ...(await refused)] };
  });
}

/** Runs `work` until its end or Ctrl-C, with progress, and prints its report. */
async function untilStopped(
  work: (signal: AbortSignal, begun: (tally: Tally) => void) => Promise<ReturnType<typeof describeRun>>,
): Promise<number> {
  const stop = new AbortController();
  const stopping = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopping);
  const shown = new AbortController();
  try {
    const { lines, failures } = await work(stop.signal, (tally) => void showProgress(tally, shown.signal));
    shown.abort();
    console.error(lines.join('\n'));
    for (const failure of failures) console.error(`simulate: ${failure}`);
    return failures.length === 0 ? DONE : NOT_ALL;
  } finally {
    shown.abort();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stopping);
  }
}

/** Sends recorded events again, or prints them. */
export const replay = (config: Config, file: string | undefined, given: ReplayGiven): Promise<number> =>
  withOptions(
    () => readReplayOptions(file, given, Date.now()),
    async (options) => {
      if (options.file !== undefined) await checkThere(options.file);
      const log = logOf(config);
      const kafka = createKafka(clusterOf(config), 'shopstream-replay', log);
      if (options.file === undefined || given.dryRun !== true)
        await describeCluster(kafka, clusterOf(config));
      const place = {
        kafka,
        topic: config.KAFKA_TOPIC,
        dataDir: config.DATA_DIR,
        shop: '',
        secret: undefined,
        log,
      };
      return withRecords(options, place, (plan) => {
        if (given.dryRun === true) return printReplay(plan, options.command);
        return untilStopped(async (signal, begun) => {
          const pause = new Pause();
          const unwatch = watchKeys(pause, () => process.kill(process.pid, 'SIGINT'));
          try {
            return await withRecorder(config, options.faults, log, (recorder) =>
              sendReplay(plan, options, { ...place, recorder }, pause, signal, begun),
            );
          } finally {
            unwatch();
          }
        });
      });
    },
  );

async function printReplay(plan: PlanWithSkipped, command: string): Promise<number> {
  const code = await printSends(replaySends(plan), command);
  if (plan.left.failure === undefined) return code;
  console.error(plan.left.failure);
  return NOT_ALL;
}

/** Shows rate, latency and errors: one line that is rewritten on a terminal, a line at intervals elsewhere. */
async function showProgress(tally: Tally, signal: AbortSignal): Promise<void> {
  const terminal = process.stderr.isTTY;
  let [before, at] = [0, performance.now()];
  try {
    for await (const _ of setInterval(terminal ? SHOWN_EVERY_MS : TOLD_EVERY_MS, undefined, { signal })) {
      const now = performance.now();
      const rate = ((tally.sends - before) * 1000) / (now - at);
      [before, at] = [tally.sends, now];
      const text = `${tally.sends} events, ${rate.toFixed(1)}/s, p50 ${msText(tally.quantile(0.5))}, p99 ${msText(tally.quantile(0.99))}, ${tally.errors} errors`;
      process.stderr.write(terminal ? `\r\x1b[2K${text}` : `${text}\n`);
    }
  } catch {
    // The run is over.
    if (terminal) process.stderr.write('\r\x1b[2K');
  }
}

/** The shop's URL, and its secret where this machine has it, by which the shop recognises simulated shoppers. */
function shopOf(config: Config, url: string | undefined): Pick<Place, 'shop' | 'secret'> {
  const made = existsSync(path.join(config.DATA_DIR, 'cookie-secret'));
  return {
    shop: url ?? shopAddress(config),
    secret: config.COOKIE_SECRET ?? (made ? readSecret(config.DATA_DIR) : undefined),
  };
}

/**
 * Compares a run's ledger with the stored events, one by one.
 * @param run its id; undefined for the last one
 * @param timeoutMs how long ingest and live sessions may take to catch up
 * @param sessions whether live sessions are compared, too
 */
export const verify = (
  config: Config,
  run: string | undefined,
  timeoutMs: number,
  sessions: boolean,
): Promise<number> =>
  told(async () => {
    const ledger = await readLedger(ledgerFile(config.DATA_DIR, run ?? lastRun(config.DATA_DIR)));
    const log = logOf(config);
    const kafka = createKafka(clusterOf(config), 'shopstream-verify', log);
    const pool = openPool(await databaseUrlOf(config), log);
    try {
      const verifier = { kafka, pool, group: config.KAFKA_GROUP, sessions, timeoutMs };
      const compared = await verifyRun(ledger, verifier);
      console.log(describeComparison(ledger, compared).join('\n'));
      return compared.differences.length === 0 ? DONE : NOT_ALL;
    } finally {
      await pool.end();
    }
  });

function lastRun(dataDir: string): string {
  const folder = path.dirname(ledgerFile(dataDir, ''));
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const runs = files.flatMap((file) => /^run-(.+)\.ndjson$/.exec(file)?.[1] ?? []).sort();
  const last = runs.at(-1);
  if (last === undefined)
    throw new ExpectationError(
      `received no run, and ${folder} has no ledger of one, expected the id of a run`,
    );
  return last;
}
