// The brokers that the suite runs against: the embedded one, and Apache Kafka in two versions.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '../../../src/broker/broker.ts';
import { KAFKA, NEWEST_KAFKA, type Release } from '../../real-kafka/apache-kafka.ts';

export type Running = {
  readonly port: number;
  stop(): Promise<void>;
};

export type Target = {
  readonly name: string;
  /** Why it cannot run here; null if it can. */
  missing(): string | null;
  start(): Promise<Running>;
};

async function startEmbedded(): Promise<Running> {
  const dataDir = mkdtempSync(join(tmpdir(), 'broker-conformance-'));
  // Records of tests bear an old time: retention looks at them as rarely as Apache Kafka's does.
  const options = { groupMinSessionTimeoutMs: 100, retentionCheckMs: 300_000, compactionCheckMs: 20 };
  const broker = await startBroker({ port: 0, dataDir, ...options });
  const stop = async () => {
    await broker.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { port: broker.port, stop };
}

export const EMBEDDED: Target = { name: 'embedded broker', missing: () => null, start: startEmbedded };
const apacheKafka = (name: string, { missing, start }: Release): Target => ({
  name,
  missing,
  start: () => start(undefined, ['log.cleaner.backoff.ms=100']), // tests of compaction wait for it
});

export const APACHE_KAFKA = apacheKafka('Apache Kafka', KAFKA);
export const NEWEST_APACHE_KAFKA = apacheKafka('newest Apache Kafka', NEWEST_KAFKA);
