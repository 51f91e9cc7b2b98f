// `simulate verify`: waits until ingest has committed the run's last offsets, then compares.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../db/pool.ts';
import type { Kafka } from '../../kafka/client.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { type Comparison, compare } from './compare.ts';
import type { Ledger } from './read.ts';
import { readNextOffsets, readRows, readSetAside, rollupProblems } from './rows.ts';
import { findRecords } from './topic.ts';

const LOOK_MS = 200;

export type Verifier = {
  readonly kafka: Kafka;
  readonly pool: Pool;
  /** The consumer group of ingest. */
  readonly group: string;
  /** Milliseconds that ingest may take to catch up. */
  readonly timeoutMs: number;
};

/**
 * Compares a run's ledger with Kafka and Postgres.
 * @throws {ExpectationError} where the ledger is of another cluster, or ingest does not catch up in time
 */
export async function verifyRun(ledger: Ledger, verifier: Verifier): Promise<Comparison> {
  const { kafka, pool } = verifier;
  const { head, entries } = ledger;
  await untilIngested(ledger, verifier);
  const found = await findRecords(kafka, head);
  const ids = [...new Set(entries.flatMap(({ order_id: id }) => (id === null ? [] : [id])))];
  const rows = await readRows(pool, ids);
  const setAside = await readSetAside(pool, head.cluster, head.topic, head.from, head.run);
  const compared = compare(ledger, { found, rows, setAside });
  const times = timesOf(ledger);
  const rollups = times === undefined ? [] : await rollupProblems(pool, ...times);
  return { ...compared, differences: [...compared.differences, ...rollups] };
}

function timesOf({ entries }: Ledger): [first: number, last: number] | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { expect, time, at } of entries) {
    if (expect !== 'stored') continue;
    first = Math.min(first, time || at);
    last = Math.max(last, time || at);
  }
  return Number.isFinite(first) ? [first, last] : undefined;
}

async function untilIngested({ head }: Ledger, { kafka, pool, group, timeoutMs }: Verifier): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { clusterId } = await admin.describeCluster();
    if (clusterId !== head.cluster)
      throw new ExpectationError(
        `the run was on cluster ${head.cluster}, and KAFKA_BROKERS is cluster ${clusterId}`,
      );
    const ends = await admin.fetchTopicOffsets(head.topic);
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const next = await readNextOffsets(pool, head.cluster, group, head.topic);
      const behind = ends.filter(({ partition, high }) => BigInt(high) > (next.get(partition) ?? 0n));
      if (behind.length === 0) return;
      if (performance.now() > deadline)
        throw new ExpectationError(
          `ingest has not read all of ${head.topic} within ${timeoutMs / 1000} s (${behind.map(({ partition, high }) => `partition ${partition} stands at ${next.get(partition) ?? 0} of ${high}`).join(', ')}); --wait gives it longer`,
        );
      await sleep(LOOK_MS);
    }
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
