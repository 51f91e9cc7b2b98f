// `start`: the chosen parts, each in a process of its own; a single one in this process. Ends when it is told to.

import type { Config } from '../config.ts';
import { ConfigError } from '../config.ts';
import { describeConnections } from '../connections.ts';
import { stopLeftover } from '../db/embedded/leftover.ts';
import { placeIn } from '../db/embedded/place.ts';
import { createLog } from '../runtime/log.ts';
import { watchOpenFiles } from '../runtime/open-files.ts';
import { PARTS, type Part } from '../runtime/part-names.ts';
import type { Lock } from '../runtime/process-lock.ts';
import type { RunningPart } from '../runtime/running-part.ts';
import { goOnUnread } from '../runtime/unread-output.ts';
import { version } from '../runtime/version.ts';
import { forkPart, TERMINAL_SIGNALS } from './child.ts';
import { PartsControl } from './control.ts';
import { keepForOwner, lockPart, prepareDataDir } from './data-dir.ts';
import { DetourSigns, Faults } from './faults.ts';
import { embeddedParts, OWNERS, startPart } from './parts.ts';
import { preflight } from './preflight.ts';
import { Supervisor } from './supervisor.ts';

/**
 * Runs parts until SIGINT, SIGTERM or SIGHUP.
 * @param named parts by name; none = all
 * @param env the settings of this run, for the children
 * @throws {ConfigError}, {DataDirError}, {PortError}, {DatabaseError}, {KafkaError} or what a part says at its start
 */
export async function start(
  config: Config,
  named: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const parts = chooseParts(config, named);
  const stopped = signalled();
  goOnUnread();
  const began = performance.now();
  prepareDataDir(config.DATA_DIR);
  const locks = lockParts(config.DATA_DIR, parts);
  keepForOwner(config.DATA_DIR);
  const log = createLog('shopstream', config.LOG_LEVEL);
  watchOpenFiles(log);
  const alone = parts.length === 1;
  const signs = new DetourSigns();
  const supervisor: Supervisor = new Supervisor((part, signal) => {
    // PostgreSQL is a process of its own already.
    if (alone || part === 'postgres') return startHere(part, config, signal);
    return forkPart(part, env, signal, {
      metricsOfOthers: () => supervisor.metrics(part),
      control: (request) => control.handle(request),
      signs,
    });
  }, log);
  const control = new PartsControl(supervisor, new Faults(signs));
  const bringUp = async () => {
    const afterCrash = locks.some(({ inherited }) => inherited);
    // A server of a killed run still has the port; it would be reported as another program's.
    if (parts.includes('postgres')) await stopLeftover(placeIn(config.DATA_DIR), log);
    await preflight(config, parts, afterCrash, log);
    printPlaces(config, parts);
    await startInOrder(parts, supervisor);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`\n  Ready after ${seconds} s. Ctrl-C stops everything.\n`);
    await stopped;
  };
  try {
    // Ctrl-C ends a start that is still waiting.
    await Promise.race([bringUp(), stopped]);
    console.log('\n  Stopping …');
  } finally {
    control.close();
    await supervisor.stop();
    for (const lock of locks) lock.release();
  }
}

function chooseParts(config: Config, named: readonly string[]): readonly Part[] {
  const possible = embeddedParts(config);
  if (named.length === 0) return possible.filter((part) => part !== 'simulator' || config.SIMULATOR === 'on');
  for (const name of named) {
    if (!PARTS.some((part) => part === name)) {
      throw new ConfigError(`start: received part "${name}", expected ${PARTS.join(', ')}`);
    }
    if (!possible.some((part) => part === name)) {
      const setting = name === 'broker' ? 'KAFKA_BROKERS' : 'DATABASE_URL';
      throw new ConfigError(`start: there is no embedded ${name} to start, as ${setting} names a server`);
    }
  }
  return PARTS.filter((part) => named.includes(part));
}

/** All or none: a lock that is left behind looks like a crash to the next start. */
function lockParts(dataDir: string, parts: readonly Part[]): readonly Lock[] {
  const locks: Lock[] = [];
  try {
    for (const part of OWNERS.filter((owner) => parts.includes(owner))) locks.push(lockPart(dataDir, part));
    return locks;
  } catch (error) {
    for (const lock of locks) lock.release();
    throw error;
  }
}

/** A part in this process. A server starts within a time and must be closed; the others wait for theirs for ever. */
async function startHere(part: Part, config: Config, signal: AbortSignal): Promise<RunningPart> {
  const starting = startPart[part](config, createLog(part, config.LOG_LEVEL));
  if (part === 'postgres' || part === 'broker') return starting;
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([starting, aborted]);
}

/** Starts the servers side by side, then the parts that need them, then the simulator, which needs the shop. */
async function startInOrder(parts: readonly Part[], supervisor: Supervisor): Promise<void> {
  const keep = (part: Part) => supervisor.keep(part);
  await settleAll(parts.filter((part) => part === 'postgres' || part === 'broker').map(keep));
  const visitors = parts.filter((part) => part === 'simulator');
  const others = parts.filter((part) => part !== 'postgres' && part !== 'broker' && part !== 'simulator');
  await settleAll(others.map(keep));
  await settleAll(visitors.map(keep));
}

/** Waits for all, so that what has started can be stopped; then throws the first error. */
async function settleAll(starting: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(starting);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function printPlaces(config: Config, parts: readonly Part[]): void {
  const places = describeConnections(config);
  const width = Math.max(...places.map(([name]) => name.length)) + 3;
  const lines = places.map(([name, place]) => `  ${name.padEnd(width)}${place}`);
  const which = parts.length === embeddedParts(config).length ? '' : ` (${parts.join(', ')})`;
  console.log([`\n  Shopstream ${version}${which}`, '', ...lines].join('\n'));
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    // Stays in place: a second Ctrl-C must not leave PostgreSQL behind.
    for (const signal of [...TERMINAL_SIGNALS, 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}
