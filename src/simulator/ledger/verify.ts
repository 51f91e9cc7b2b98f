// `simulate verify`: waits until ingest and live sessions have read the run's last offsets, then compares.

import { setTimeout as sleep } from 'node:timers/promises';
import { readOffsets, type Subscription } from '../../consumer/offsets.ts';
import type { Pool } from '../../db/pool.ts';
import type { Kafka } from '../../kafka/client.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { sessionsSubscription } from '../../sessions/live/running-sessions.ts';
import { type Comparison, compare } from './compare.ts';
import type { Ledger } from './read.ts';
import { readRows, readSetAside, rollupProblems, type StoredRow } from './rows.ts';
import { readSessions } from './session-rows.ts';
import { sessionProblems, type Visited } from './sessions.ts';
import { type Found, findRecords } from './topic.ts';

const POLL_MS = 200;

export type Verifier = {
  readonly kafka: Kafka;
  readonly pool: Pool;
  /** The consumer group of ingest. */
  readonly group: string;
  /** Whether live sessions are compared, too: without the live part there are none. */
  readonly sessions: boolean;
  /** Milliseconds that ingest and live sessions may take to catch up. */
  readonly timeoutMs: number;
};

/**
 * Compares a run's ledger with Kafka and Postgres.
 * @throws {ExpectationError} where the ledger is of another cluster, or a reader does not catch up in time
 */
export async function verifyRun(ledger: Ledger, verifier: Verifier): Promise<Comparison> {
  const { kafka, pool } = verifier;
  const { head, entries } = ledger;
  await untilRead(ledger, verifier);
  const found = await findRecords(kafka, head);
  const ids = [...new Set(entries.flatMap(({ order_id: id }) => (id === null ? [] : [id])))];
  const rows = await readRows(pool, ids);
  const setAside = await readSetAside(pool, head.cluster, head.topic, head.from, head.run);
  const compared = compare(ledger, { found, rows, setAside });
  const times = timesOf(ledger);
  const rollups = times === undefined ? [] : await rollupProblems(pool, ...times);
  const sessions = verifier.sessions ? await sessionsOf(ledger, verifier, found, rows) : [];
  return { ...compared, differences: [...compared.differences, ...rollups, ...sessions] };
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

const ingestOf = ({ head }: Ledger, { group }: Verifier): Subscription => ({
  clusterId: head.cluster,
  group,
  topic: head.topic,
});

async function sessionsOf(
  ledger: Ledger,
  verifier: Verifier,
  found: Found,
  rows: ReadonlyMap<string, StoredRow>,
): Promise<string[]> {
  const own = visitedOf(ledger, found, rows);
  if (own.size === 0) return [];
  const events = [...own.values()];
  const { kept, others } = await readSessions(
    verifier.pool,
    sessionsSubscription(ingestOf(ledger, verifier)),
    {
      visitors: [...new Set(events.map(({ visitor }) => visitor))],
      first: events.reduce((least, { time }) => Math.min(least, time), Number.POSITIVE_INFINITY),
      last: events.reduce((most, { time }) => Math.max(most, time), Number.NEGATIVE_INFINITY),
      isOwn: (orderId) => own.has(orderId),
    },
  );
  return sessionProblems(events, others, kept);
}

/** The run's stored events by order_id. The times of the shop's own ones are in Kafka. */
function visitedOf({ entries }: Ledger, found: Found, rows: ReadonlyMap<string, StoredRow>) {
  const visited = new Map<string, Visited>();
  for (const { expect, order_id: id, visitor, robot = false, time: ownTime } of entries) {
    if (expect !== 'stored' || id === null || visitor === undefined) continue;
    const time = ownTime || found.get(id)?.[0]?.time || rows.get(id)?.time;
    if (time !== undefined) visited.set(id, { visitor, robot, time });
  }
  return visited;
}

/** Waits until ingest and, where they are compared, live sessions have read what is in the topic now. */
async function untilRead(ledger: Ledger, verifier: Verifier): Promise<void> {
  const { kafka, pool, sessions, timeoutMs } = verifier;
  const { head } = ledger;
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
    const ingest = ingestOf(ledger, verifier);
    await untilAtEnds('ingest has', ingest, '--wait gives it longer');
    if (sessions)
      await untilAtEnds(
        'live sessions have',
        sessionsSubscription(ingest),
        '--wait gives them longer, and --without-sessions compares all but them',
      );

    async function untilAtEnds(who: string, subscription: Subscription, advice: string): Promise<void> {
      for (;;) {
        const next = await readOffsets(pool, subscription);
        const behind = ends.filter(({ partition, high }) => BigInt(high) > (next.get(partition) ?? 0n));
        if (behind.length === 0) return;
        if (performance.now() > deadline)
          throw new ExpectationError(
            `${who} not read all of ${head.topic} within ${timeoutMs / 1000} s (${behind.map(({ partition, high }) => `partition ${partition} stands at ${next.get(partition) ?? 0} of ${high}`).join(', ')}); ${advice}`,
          );
        await sleep(POLL_MS);
      }
    }
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
