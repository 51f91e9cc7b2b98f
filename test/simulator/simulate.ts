// Runs of the simulator against a line, and what `verify` says of them.

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
