// The ingest part as its supervisor sees it.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startIngest } from '../../src/ingest/part.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { startTestBroker, testConfig, testKafka } from '../support/line.ts';

/** A client of another kind in ingest's group, with which it can't agree on who reads what. */
async function joinDifferently(port: number, groupId: string): Promise<void> {
  const kafka = testKafka(port);
  const consumer = kafka.consumer({
    groupId,
    partitionAssigners: [
      () => ({
        name: 'another',
        version: 0,
        protocol: () => ({ name: 'another', metadata: Buffer.alloc(0) }),
        assign: async () => [],
      }),
    ],
  });
  onTestFinished(() => consumer.disconnect());
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.connect();
  await consumer.subscribe({ topic: 'another' });
  await consumer.run({ eachMessage: async () => {} });
  await joined;
}

it('an end for good that nobody waits for yet is told to who asks later, and no unhandled rejection', async () => {
  const { port } = await startTestBroker();
  const { url } = await migratedDatabase();
  const config = await testConfig(port, url);
  const admin = testKafka(port).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'another' }] });
  await admin.disconnect();
  await joinDifferently(port, config.KAFKA_GROUP);
  const part = await startIngest(config, testLog);
  onTestFinished(() => part.close());
  // Rejections that nobody has taken by then fail the run.
  await sleep(50);
  await expect(part.ended).rejects.toThrow('group');
});
