// Live sessions on a real broker and database: with late events, robots, repeated events and killed processes they are those that
// the batch finds in what is stored.

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { readOffsets } from '../../../src/consumer/offsets.ts';
import type { ShopEvent } from '../../../src/events/event.ts';
import { newId } from '../../../src/events/ids.ts';
import { startLive } from '../../../src/live/part.ts';
import { GAP_MS } from '../../../src/sessions/live/core/step.ts';
import type { Revision } from '../../../src/sessions/live/outbox.ts';
import { closeOver, sessionsSubscription } from '../../../src/sessions/live/running-sessions.ts';
import { verifySessions } from '../../../src/sessions/live/verify.ts';
import { MAIN } from '../../support/command.ts';
import { testLog } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { eventually, type Line, startLine, temporaryFolder } from '../../support/line.ts';

/** CHAOS_KILLS=50 is the long form (npm run chaos:live). */
const KILLS = Number(process.env.CHAOS_KILLS ?? 1);

let line: Line;
let env: Record<string, string>;
let clusterId: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  line = await startLine();
  env = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: line.config.DATABASE_URL ?? '',
    KAFKA_BROKERS: String(line.config.KAFKA_BROKERS),
    DATA_DIR: temporaryFolder(),
    LOG_LEVEL: 'warn',
  };
  const admin = line.kafka.admin();
  await admin.connect();
  ({ clusterId } = await admin.describeCluster());
  await admin.disconnect();
  return () => {
    for (const child of children) child.kill('SIGKILL');
  };
});

const ingest = () => ({ clusterId, group: line.config.KAFKA_GROUP, topic: line.config.KAFKA_TOPIC });

function startProcess(): ChildProcess {
  const child = spawn(process.execPath, [MAIN, 'start', 'live'], { env, stdio: 'ignore' });
  children.add(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  children.delete(child);
}

/** Sends events, spread over all partitions, whosever they are. */
async function send(events: readonly ShopEvent[]): Promise<void> {
  const producer = line.kafka.producer();
  await producer.connect();
  await producer.send({
    topic: line.config.KAFKA_TOPIC,
    messages: events.map((event, index) => ({ value: JSON.stringify(event), partition: index % 3 })),
  });
  await producer.disconnect();
}

/** Waits until sessions are as far as ingest is, and that is all. */
const caughtUp = () =>
  eventually(async () => {
    const [stored, reached] = await Promise.all([
      readOffsets(line.pool, ingest()),
      readOffsets(line.pool, sessionsSubscription(ingest())),
    ]);
    const admin = line.kafka.admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(line.config.KAFKA_TOPIC);
    await admin.disconnect();
    return ends.every(
      ({ partition, offset }) =>
        Number(offset) === 0 ||
        (stored.get(partition) === BigInt(offset) && reached.get(partition) === BigInt(offset)),
    );
  }, 60);

const reached = async () =>
  [...(await readOffsets(line.pool, sessionsSubscription(ingest()))).values()].reduce((a, b) => a + b, 0n);

const randomBelow = (below: number) => Math.floor(Math.random() * below);

it(
  `live sessions are those of the batch, with late events, robots and repeats, and killed ${KILLS} × between any two transactions`,
  async () => {
    const visitors = Array.from({ length: 2 * KILLS }, newId);
    const begin = Date.now() - 7 * 3_600_000;
    const anyEvent = () =>
      anEvent({
        user_id: visitors[randomBelow(visitors.length)] ?? newId(),
        time: new Date(
          begin + randomBelow(12) * GAP_MS + ([0, 0, -1, 1, 600_000][randomBelow(5)] ?? 0),
        ).toISOString(),
        ...(randomBelow(6) === 0 ? { context: { bot: true } } : {}),
      });
    let child = startProcess();
    for (let round = 0; round < KILLS; round++) {
      const events = Array.from({ length: 40 }, anyEvent);
      const before = await reached();
      await send([...events, ...events.slice(0, 5)]);
      // The first of its partitions has moved: the process is in the middle of its work.
      await eventually(async () => (await reached()) > before, 60);
      await sleep(randomBelow(60));
      await kill(child);
      child = startProcess();
    }
    await caughtUp();
    const { differences, sessions, events } = await verifySessions(line.pool, ingest(), 8);
    expect(differences).toEqual([]);
    expect(events).toBe(KILLS * 40);
    expect(sessions).toBeGreaterThan(2 * KILLS);
    await kill(child);
  },
  90_000 + KILLS * 30_000,
);

it('each revision is a record of the topic sessions, and the last ones are the table', async () => {
  const part = await startLive(line.config, testLog);
  onTestFinished(() => part.close());
  await caughtUp();
  await closeOver(line.pool, Date.now());
  await eventually(async () => {
    const { rows } = await line.pool.query('SELECT 1 FROM session_revisions LIMIT 1');
    return rows.length === 0;
  });
  const consumer = line.kafka.consumer({ groupId: 'test-sessions' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'sessions', fromBeginning: true });
  const last = new Map<number, Revision>();
  const seen = new Set<string>();
  await consumer.run({
    eachMessage: async ({ message }) => {
      const revision = JSON.parse(message.value?.toString() ?? '') as Revision;
      seen.add(`${revision.session_id}/${revision.revision}`);
      if ((last.get(revision.session_id)?.revision ?? 0) < revision.revision)
        last.set(revision.session_id, revision);
    },
  });
  const { rows } = await line.pool.query(
    `SELECT id, revision, events, NOT open AS closed, NULL AS merged_into FROM sessions
     UNION ALL SELECT id, revision, NULL, NULL, merged_into FROM merged_sessions ORDER BY id`,
  );
  await eventually(() => rows.every(({ id, revision }) => last.get(id)?.revision === revision));
  await consumer.disconnect();
  expect(
    [...last.values()]
      .toSorted((a, b) => a.session_id - b.session_id)
      .map(({ session_id, revision, events, closed, merged_into }) => ({
        id: session_id,
        revision,
        events: merged_into === null ? events : null,
        closed: merged_into === null ? closed : null,
        merged_into,
      })),
  ).toEqual(rows);
  for (const { id, revision } of rows)
    for (let earlier = 1; earlier <= revision; earlier++) expect(seen).toContain(`${id}/${earlier}`);
}, 240_000);
