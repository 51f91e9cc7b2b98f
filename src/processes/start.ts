// `start`: the chosen parts, each in a process of its own; a single one in this process. Ends when it is told to.

import type { Config } from '../config.ts';
import { ConfigError } from '../config.ts';
import { describeConnections } from '../connections.ts';
import { createLog } from '../log.ts';
import { version } from '../version.ts';
import { forkPart } from './child.ts';
import { lockPart, prepareDataDir } from './data-dir.ts';
import { embeddedParts, OWNERS, PARTS, type Part, startPart } from './parts.ts';
import { preflight } from './preflight.ts';
import { Supervisor } from './supervisor.ts';

/**
 * Runs parts until SIGINT or SIGTERM.
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
  const began = performance.now();
  prepareDataDir(config.DATA_DIR);
  const locks = OWNERS.filter((part) => parts.includes(part)).map((part) => lockPart(config.DATA_DIR, part));
  const log = createLog('shopstream', config.LOG_LEVEL);
  const alone = parts.length === 1;
  const supervisor = new Supervisor((part) => {
    // PostgreSQL is a process of its own already.
    if (alone || part === 'postgres') return startPart[part](config, createLog(part, config.LOG_LEVEL));
    return forkPart(part, env);
  }, log);
  try {
    const afterCrash = locks.some(({ inherited }) => inherited);
    await preflight(config, parts, afterCrash, log);
    printPlaces(config, parts);
    await startInOrder(parts, supervisor);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`\n  Ready after ${seconds} s. Ctrl-C stops everything.\n`);
    await stopped;
    console.log('\n  Stopping …');
  } finally {
    await supervisor.stop();
    for (const lock of locks) lock.release();
  }
}

function chooseParts(config: Config, named: readonly string[]): readonly Part[] {
  const possible = embeddedParts(config);
  if (named.length === 0) return possible;
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

/** The servers side by side, then those that need them. */
async function startInOrder(parts: readonly Part[], supervisor: Supervisor): Promise<void> {
  const keep = (part: Part) => supervisor.keep(part);
  await settleAll(parts.filter((part) => part === 'postgres' || part === 'broker').map(keep));
  await settleAll(parts.filter((part) => part === 'ingest' || part === 'web').map(keep));
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
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
