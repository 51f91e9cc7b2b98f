import { writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ShopEvent } from '../../src/events/event.ts';
import { createKafka } from '../../src/kafka/client.ts';
import { KafkaError } from '../../src/kafka/errors.ts';
import { Outbox } from '../../src/kafka/outbox.ts';
import { Publisher } from '../../src/kafka/publisher.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startTestBroker, temporaryFolder, testKafka } from '../support/line.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';
import { publish } from './publish.ts';

const MEGABYTE = 1024 * 1024;

function publisherTo(port: number, folder = temporaryFolder(), maxBytes = 8 * MEGABYTE) {
  const cluster = { brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined };
  const outbox = new Outbox(folder, maxBytes);
  const publisher = new Publisher(createKafka(cluster, 'test', testLog), 'ecommerce', outbox, testLog);
  onTestFinished(() => publisher.close());
  return publisher;
}

/** All events of the topic by partition, in their order, once there are `count` of them. */
async function eventsIn(port: number, count: number): Promise<ShopEvent[][]> {
  const partitions = new Map<number, ShopEvent[]>();
  const consumer = testKafka(port).consumer({ groupId: `test-${Math.random()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: 'ecommerce', fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      const events = partitions.get(partition) ?? [];
      partitions.set(partition, [...events, JSON.parse(message.value?.toString() ?? '')]);
    },
  });
  await eventually(() => [...partitions.values()].flat().length >= count);
  await consumer.disconnect();
  return [...partitions.values()];
}

/** Events of three visitors; `age` counts each visitor's. */
function visits(from: number, to: number, users: readonly string[]): ShopEvent[] {
  const numbers = Array.from({ length: to - from }, (_, n) => from + n);
  return numbers.flatMap((n) => users.map((user_id) => anEvent({ user_id, context: { item: String(n) } })));
}
const users = [1, 2, 3].map(() => anEvent().user_id);

/** Fails unless each visitor's events came in the order in which they were sent; repeats are allowed. */
function expectInOrder(partitions: readonly ShopEvent[][], count: number): void {
  for (const user of users) {
    const holders = partitions.filter((events) => events.some(({ user_id }) => user_id === user));
    expect(holders).toHaveLength(1);
    const numbers = holders
      .flat()
      .flatMap(({ user_id, context }) => (user_id === user ? [Number(context?.item)] : []));
    const firsts = [...new Set(numbers)];
    expect(firsts).toEqual(Array.from({ length: count }, (_, n) => n));
  }
}

describe('the publisher', () => {
  it('the publisher says where in Kafka each event is', async () => {
    const broker = await startTestBroker();
    const publisher = publisherTo(broker.port);
    publisher.start();
    const acknowledged = await Promise.all(visits(0, 20, users).map((event) => publish(publisher, event)));
    const places = acknowledged.map(({ partition, offset }) => `${partition}/${offset}`);
    expect(new Set(places).size).toBe(60);
    const partitions = await eventsIn(broker.port, 60);
    expectInOrder(partitions, 20);
    expect(publisher.state).toMatchObject({
      connected: true,
      waiting: 0,
      outboxBytes: 0,
      lastError: undefined,
    });
  });

  it('the publisher delivers all in order where Kafka is away at the start and again later', async () => {
    const [port, folder] = [await freePort(), temporaryFolder()];
    const publisher = publisherTo(port);
    publisher.start();
    const first = visits(0, 10, users).map((event) => publish(publisher, event));
    await eventually(() => publisher.state.lastError);
    expect(publisher.state).toMatchObject({
      connected: false,
      waiting: 30,
      lastError: expect.stringContaining('ECONNREFUSED'),
    });
    const broker = await startTestBroker(folder, port);
    await Promise.all(first);
    const second = visits(10, 20, users).map((event) => publish(publisher, event));
    await broker.close();
    const third = visits(20, 30, users).map((event) => publish(publisher, event));
    await eventually(() => publisher.state.lastError);
    await startTestBroker(folder, port);
    await Promise.all([...second, ...third]);
    expect(publisher.state).toMatchObject({ connected: true, waiting: 0, outboxBytes: 0 });
    expectInOrder(await eventsIn(port, 90), 30);
  });

  it('the publisher refuses what is more than the outbox may hold, and loses none of the rest', async () => {
    const port = await freePort();
    const publisher = publisherTo(port, temporaryFolder(), 20_000);
    publisher.start();
    const taken: Promise<unknown>[] = [];
    const fill = () => {
      for (const event of visits(0, 1_000, [users[0] ?? ''])) taken.push(publish(publisher, event));
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'OUTBOX_FULL' }));
    expect(publisher.state.outboxBytes).toBeLessThanOrEqual(20_000);
    expect(publisher.state).toMatchObject({ turnedAway: 1, taken: taken.length, refused: 0 });
    await startTestBroker(undefined, port);
    await Promise.all(taken);
    await expect(publish(publisher, anEvent())).resolves.toMatchObject({ topic: 'ecommerce' });
    expect((await eventsIn(port, taken.length)).flat().length).toBeGreaterThanOrEqual(taken.length);
  });

  it('the publisher has a later process send what an earlier one took, in its order', async () => {
    const [port, folder] = [await freePort(), temporaryFolder()];
    const first = publisherTo(port, folder);
    first.start();
    const ends = visits(0, 10, users).map((event) => publish(first, event).catch((error) => error.code));
    await first.close();
    expect(new Set(await Promise.all(ends))).toEqual(new Set(['CLOSED']));
    expect(() => publish(first, anEvent())).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    await startTestBroker(undefined, port);
    const second = publisherTo(port, folder);
    const left = second.start();
    const more = visits(10, 12, users).map((event) => publish(second, event));
    expect(left).toHaveLength(30);
    await Promise.all([...left.map(({ outcomes }) => outcomes), ...more]);
    expectInOrder(await eventsIn(port, 36), 12);
  });

  it('the publisher keeps on disk what was taken while Kafka went away after it had been reached', async () => {
    const [port, folder] = [await freePort(), temporaryFolder()];
    const broker = await startTestBroker(undefined, port);
    const first = publisherTo(port, folder);
    first.start();
    await publish(first, anEvent());
    await broker.close();
    const event = anEvent();
    const end = publish(first, event).catch((error) => error.code);
    await eventually(() => first.state.lastError);
    await first.close();
    expect(await end).toBe('CLOSED');
    await startTestBroker(undefined, port);
    const left = publisherTo(port, folder).start();
    expect(left).toHaveLength(1);
    await Promise.all(left.map(({ outcomes }) => outcomes));
    expect((await eventsIn(port, 1)).flat()).toEqual([event]);
  });

  it('the publisher sends what Kafka finds too large in smaller parts, and refuses only what is too large by itself', async () => {
    const broker = await startTestBroker();
    const admin = testKafka(broker.port).admin();
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: '4000' }];
    await admin.createTopics({ topics: [{ topic: 'ecommerce', numPartitions: 3, configEntries }] });
    await admin.disconnect();
    const publisher = publisherTo(broker.port);
    publisher.start();
    const huge = anEvent({ user_id: users[0] ?? '', context: { referrer: 'x'.repeat(5_000) } });
    const before = visits(0, 15, users).map((event) => publish(publisher, event));
    const refused = publish(publisher, huge);
    const after = visits(15, 30, users).map((event) => publish(publisher, event));
    await expect(refused).rejects.toMatchObject({ code: 'REFUSED' });
    await Promise.all([...before, ...after]);
    expectInOrder(await eventsIn(broker.port, 90), 30);
  });

  it('the publisher sends what was taken while the clock was hours ahead, and what the disk has damaged in its time', async () => {
    const folder = temporaryFolder();
    const hoursAhead = new Date(Date.now() + 3 * 3_600_000).toISOString();
    const ahead = anEvent({ context: { received_at: hoursAhead } });
    const damaged = anEvent({ context: { received_at: 'no time' } });
    writeFileSync(
      `${folder}/0000000001.ndjson`,
      [ahead, damaged].map((one) => `${JSON.stringify(one)}\n`).join(''),
    );
    const { port } = await startTestBroker();
    const publisher = publisherTo(port, folder);
    const outcomes = await Promise.all(publisher.start().map((left) => left.outcomes));
    expect(outcomes.flat().filter((outcome) => outcome instanceof KafkaError)).toEqual([]);
    const ids = (await eventsIn(port, 2)).flat().map(({ order_id }) => order_id);
    expect(new Set(ids)).toEqual(new Set([ahead.order_id, damaged.order_id]));
  });

  it('the publisher closes in time while Kafka is away', async () => {
    const publisher = publisherTo(await freePort());
    publisher.start();
    const began = Date.now();
    await publisher.close();
    expect(Date.now() - began).toBeLessThan(20_000);
  });
});
