import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createKafka } from '../../src/kafka/client.ts';
import { createConsumer } from '../../src/kafka/stoppable-consumer.ts';
import { eventually, startTestBroker, temporaryFolder, testKafka } from '../support/line.ts';
import { testLog } from '../support/log.ts';

const GROUP = 'stoppable';

function stoppable(port: number) {
  const kafka = createKafka(
    { brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined },
    'test-stoppable',
    testLog,
  );
  return createConsumer(kafka, {
    groupId: GROUP,
    sessionTimeout: 10_000,
    maxWaitTimeInMs: 60_000,
    retry: { initialRetryTime: 20, maxRetryTime: 100, retries: Number.MAX_SAFE_INTEGER },
  });
}

async function membersOf(port: number): Promise<number> {
  const admin = testKafka(port).admin();
  await admin.connect();
  const { groups } = await admin.describeGroups([GROUP]);
  await admin.disconnect();
  return groups[0]?.members.length ?? 0;
}

async function startOn(port: number) {
  const made = stoppable(port);
  const joined = new Promise<void>((resolve) => {
    made.consumer.on(made.consumer.events.GROUP_JOIN, () => resolve());
  });
  await made.consumer.connect();
  await made.consumer.subscribe({ topic: 'stoppable' });
  await made.consumer.run({ eachBatch: async () => {} });
  await joined;
  return made;
}

async function makeTopic(port: number): Promise<void> {
  const admin = testKafka(port).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'stoppable' }] });
  await admin.disconnect();
}

describe('a consumer that is stopped', () => {
  it('a consumer that is stopped does not wait for the records that its fetch waits for', async () => {
    const { port } = await startTestBroker();
    await makeTopic(port);
    const { consumer, stop } = await startOn(port);
    // Longer than a fetch takes to be on its way, and far less than it waits.
    await sleep(300);
    let ended = false;
    consumer.on(consumer.events.DISCONNECT, () => {
      ended = true;
    });
    stop().catch(() => {});
    await eventually(() => ended, 30);
    expect(await membersOf(port)).toBe(0);
  });

  it('a consumer that is stopped while it tries to come back to a cluster that is away does not join its group when that is back', async () => {
    const folder = temporaryFolder();
    const first = await startTestBroker(folder);
    await makeTopic(first.port);
    const { consumer, stop } = await startOn(first.port);
    const crashes: boolean[] = [];
    consumer.on(consumer.events.CRASH, ({ payload }) => void crashes.push(payload.restart));
    await first.close();
    await eventually(() => crashes.length > 0, 60);
    // It is asked to stop in the middle of a start.
    await sleep(500);
    await stop();
    const before = crashes.length;
    const { port } = await startTestBroker(folder, first.port);
    await sleep(2_000);
    // A start that was under way has ended, and no other will follow.
    expect(crashes.slice(before).at(-1) ?? false).toBe(false);
    expect(await membersOf(port)).toBe(0);
  });
});
