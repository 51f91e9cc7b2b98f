// Runs of the simulator against a line, and what `verify` says of them.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { clusterOf } from '../../src/connections.ts';
import { createKafka } from '../../src/kafka/client.ts';
import { readLedger } from '../../src/simulator/ledger/read.ts';
import { verifyRun } from '../../src/simulator/ledger/verify.ts';
import { type GivenOptions, readOptions } from '../../src/simulator/options.ts';
import { type RunResult, runSimulation } from '../../src/simulator/run.ts';
import { readSecret } from '../../src/site/secret.ts';
import type { Line } from '../support/line.ts';
import { testLog } from '../support/log.ts';

const kafkaOf = ({ config }: Line) => createKafka(clusterOf(config), 'test-simulator', testLog);

/** Runs to the end; what was done, and the file of its ledger. */
export async function simulate(
  line: Line,
  given: GivenOptions,
): Promise<RunResult & { readonly file: string }> {
  const place = {
    kafka: kafkaOf(line),
    topic: line.config.KAFKA_TOPIC,
    dataDir: line.config.DATA_DIR,
    shop: line.url,
    secret: readSecret(line.config.DATA_DIR),
    log: testLog,
  };
  const options = readOptions(given, undefined, Date.now());
  const { file, ...result } = await runSimulation(options, place, new AbortController().signal);
  if (file === undefined) throw new Error('expected a ledger');
  return { ...result, file };
}

/** What `simulate verify` finds of a run. */
export async function differences(line: Line, file: string): Promise<readonly string[]> {
  const verifier = {
    kafka: kafkaOf(line),
    pool: line.pool,
    group: line.config.KAFKA_GROUP,
    sessions: line.live,
    timeoutMs: 60_000,
  };
  return (await verifyRun(await readLedger(file), verifier)).differences;
}

/** What a run says at its end whose ledger's disk is full. */
export const FULL_DISK =
  /simulate: the ledger \S+\.ndjson can't be written, and the run has ended: ENOSPC: no space left on device, write\n$/;

/** Leaves so many KiB of a disk of one MiB, with a folder for ledgers. */
export function leave(folder: string, kibibytes: number): void {
  mkdirSync(path.join(folder, 'simulator'));
  const to = path.join(folder, 'taken');
  execFileSync('dd', ['if=/dev/zero', `of=${to}`, 'bs=1k', `count=${1024 - kibibytes}`], { stdio: 'ignore' });
}

/** The ledger of the only run of a data folder. */
export function onlyLedger(dataDir: string): string {
  const folder = path.join(dataDir, 'simulator');
  const [name = '', ...others] = readdirSync(folder);
  if (others.length > 0) throw new Error(`expected one ledger, and ${folder} has ${others.length + 1}`);
  return path.join(folder, name);
}
