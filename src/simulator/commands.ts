// The commands `simulate` and `simulate replay`. Events of a dry run go to standard output, messages to standard error.
// Exit codes: 0 success, 1 the rate was missed or a page failed, 2 a wrong option.

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setInterval } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { clusterOf, databaseUrlOf, shopAddress } from '../connections.ts';
import { openPool } from '../db/pool.ts';
import { createKafka, describeCluster } from '../kafka/client.ts';
import { messageOf } from '../runtime/errors.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import type { Logger } from '../runtime/log.ts';
import { standardOutput } from '../runtime/standard-output.ts';
import { version } from '../runtime/version.ts';
import { readSecret } from '../site/secret.ts';
import type { Fault } from './core/faults.ts';
import { Funnel } from './core/funnel.ts';
import type { Send } from './core/inject.ts';
import { DONE, logOf, NOT_ALL, withOptions } from './exit.ts';
import { checkUrl, type GivenOptions, type RunOptions, readOptions, refuseRunOptions } from './options.ts';
import { FaultRecorder } from './periods/recorder.ts';
import { dryLine, planOf } from './plan.ts';
import { playScenario } from './play.ts';
import { commandOf } from './repeat.ts';
import { checkThere } from './replay/file.ts';
import { watchKeys } from './replay/keys.ts';
import { type ReplayGiven, readReplayOptions, refuseReplayOptions } from './replay/options.ts';
import { Pause } from './replay/pause.ts';
import { type PlanWithSkipped, sendReplay, withRecords } from './replay/replay.ts';
import { replaySends } from './replay/sends.ts';
import { describeRun, funnelLines, msText } from './report.ts';
import type { Place } from './run.ts';
import { actAt } from './system-faults.ts';
import type { Tally } from './tally.ts';

const LINES_AT_ONCE = 1_000;
/** Interval of the lines of progress where standard error is no terminal, and of redrawing the one line where it is. */
const LINE_EVERY_MS = 10_000;
const REDRAW_EVERY_MS = 500;
/** Response timeout of recording a run's faults in Postgres. */
const RECORD_TIMEOUT_MS = 3_000;
/** Timeout of the request that checks the shop before a run; the shop may be busy. */
const SHOP_TIMEOUT_MS = 15_000;

export type SimulateOptions = GivenOptions & {
  readonly scenario?: string | undefined;
  readonly dryRun?: true;
  readonly url?: string | undefined;
};

/** `simulate`: runs shoppers, or prints the events of a run. @returns the exit code */
export const simulate = (config: Config, given: SimulateOptions & ReplayGiven): Promise<number> =>
  withOptions(
    () => {
      refuseReplayOptions(given);
      checkUrl(given.url);
      return readOptions(given, given.scenario, Date.now());
    },
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
      if (options.target === 'http') await checkShop(place.shop);
      return withRecorder(config, options.faults, log, (recorder) =>
        run(options, { ...place, recorder }, config.ADMIN_PASSWORD),
      );
    },
  );

/** @throws {ExpectationError} where the shop does not answer: every request of the run would fail */
async function checkShop(shop: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(SHOP_TIMEOUT_MS);
    // Not a page, as viewing one is an event.
    await fetch(new URL('healthz', `${shop}/`), { method: 'HEAD', redirect: 'manual', signal });
  } catch (error) {
    const { cause = error } = error as { readonly cause?: unknown };
    throw new ExpectationError(
      `the shop at ${shop} does not answer (${messageOf(cause)}); npm start starts one, --url names another`,
    );
  }
}

/** Calls `work` with a recorder of fault periods; with none where the run has no fault, or the database is not known. */
async function withRecorder<T>(
  config: Config,
  faults: readonly Fault[],
  log: Logger,
  work: (recorder: FaultRecorder | undefined) => Promise<T>,
): Promise<T> {
  const url = faults.length === 0 ? undefined : await databaseUrlOf(config).catch(() => undefined);
  if (url === undefined) return work(undefined);
  const pool = openPool(url, log, 1, { answerMs: RECORD_TIMEOUT_MS });
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

/** @param password the admin's, for system faults */
function run(options: RunOptions, place: Place, password: string | undefined): Promise<number> {
  return untilStopped(async (signal, begun) => {
    const act = actAt(place.shop, password);
    const { notDone, ...result } = await playScenario(options, place, signal, { begun, act });
    const { lines, failures } = describeRun(options, result, commandOf(options));
    return { lines, failures: [...failures, ...notDone] };
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

/** `simulate replay`: sends recorded events again, or prints them. @returns the exit code */
export const replay = (
  config: Config,
  file: string | undefined,
  given: ReplayGiven & Omit<SimulateOptions, 'dryRun'>,
): Promise<number> =>
  withOptions(
    () => {
      refuseRunOptions(given);
      return readReplayOptions(file, given, Date.now());
    },
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
  if (plan.skippedRows.failure === undefined) return code;
  console.error(plan.skippedRows.failure);
  return NOT_ALL;
}

/** Shows rate, latency and errors: one line that is rewritten on a terminal, a line at intervals elsewhere. */
async function showProgress(tally: Tally, signal: AbortSignal): Promise<void> {
  const terminal = process.stderr.isTTY;
  let [before, at] = [0, performance.now()];
  try {
    for await (const _ of setInterval(terminal ? REDRAW_EVERY_MS : LINE_EVERY_MS, undefined, { signal })) {
      const now = performance.now();
      const rate = ((tally.sends - before) * 1000) / (now - at);
      [before, at] = [tally.sends, now];
      const text = `${tally.sends} events, ${rate.toFixed(1)}/s, p50 ${msText(tally.quantile(0.5))}, p99 ${msText(tally.quantile(0.99))}, ${tally.errors} errors`;
      process.stderr.write(terminal ? `\r\x1b[2K${text}` : `${text}\n`);
    }
  } catch {
    // The signal is aborted: the run is over.
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
