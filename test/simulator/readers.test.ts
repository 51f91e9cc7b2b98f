// Readers of a scenario are real members of a group: as many as was asked for, none after the end.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Broker } from '../../src/broker/broker.ts';
import type { Kafka } from '../../src/kafka/client.ts';
import { Readers } from '../../src/simulator/readers.ts';
import { afterFile } from '../support/after-file.ts';
import { startTestBroker, testKafka } from '../support/line.ts';

const TOPIC = 'read';

let broker: Broker;
let kafka: Kafka;
beforeAll(async () => {
  broker = await startTestBroker();
  kafka = testKafka(broker.port);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 3 }] });
});

async function membersOf({ group }: Readers): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  const { groups } = await admin.describeGroups([group]);
  await admin.disconnect();
  return groups[0]?.members.length ?? 0;
}

function someReaders(): Readers {
  const readers = new Readers(kafka, TOPIC);
  afterFile(() => readers.close());
  return readers;
}

describe('readers', { timeout: 60_000 }, () => {
  it('readers are as many as was asked for at most, and have all left after the end', async () => {
    const readers = someReaders();
    const made = vi.spyOn(kafka, 'consumer');
    await readers.grow(1);
    await readers.grow(1);
    await expect.poll(() => membersOf(readers), { timeout: 30_000 }).toBe(1);
    await readers.close();
    await readers.grow(2);
    expect(made).toHaveBeenCalledTimes(1);
    made.mockRestore();
    expect(await membersOf(readers)).toBe(0);
  });

  it('readers of a timeline that is ended before their time do not come', async () => {
    const readers = someReaders();
    const ending = new AbortController();
    const played = readers.play([{ at: 600_000, readers: 2 }], ending.signal);
    ending.abort();
    await played;
    expect(await membersOf(readers)).toBe(0);
  });

  it('readers of two runs are two groups', () => {
    expect(someReaders().group).not.toBe(someReaders().group);
  });
});
