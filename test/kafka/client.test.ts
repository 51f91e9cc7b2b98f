import { expect, it, onTestFinished } from 'vitest';
import { createKafka, createProducer, describeCluster, ensureTopic } from '../../src/kafka/client.ts';
import { isUnknownTopic } from '../../src/kafka/errors.ts';
import type { Logger } from '../../src/runtime/log.ts';
import { startTestBroker } from '../support/line.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';

const clusterAt = (port: number) => ({ brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined });

it('a cluster is known by its id, and one that does not answer by an error that names its addresses', async () => {
  const cluster = clusterAt((await startTestBroker()).port);
  const id = await describeCluster(createKafka(cluster, 'test', testLog), cluster);
  expect(id).toHaveLength(22);
  const nowhere = clusterAt(await freePort());
  await expect(describeCluster(createKafka(nowhere, 'test', testLog), nowhere)).rejects.toMatchObject({
    code: 'BROKERS_UNREACHABLE',
    message: expect.stringMatching(`KAFKA_BROKERS: none of ${nowhere.brokers[0]} answers \\(.*ECONNREFUSED`),
  });
});

it('a topic that is missing is made with its partitions, and one that is there stays as it is', async () => {
  const kafka = createKafka(clusterAt((await startTestBroker()).port), 'test', testLog);
  const admin = kafka.admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  await ensureTopic(admin, 't', 3);
  await ensureTopic(admin, 't', 5);
  const { topics } = await admin.fetchTopicMetadata({ topics: ['t'] });
  expect(topics[0]?.partitions).toHaveLength(3);
});

it('a producer makes no topic by itself', async () => {
  const kafka = createKafka(clusterAt((await startTestBroker()).port), 'test', testLog);
  const producer = createProducer(kafka);
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  const sent = producer.send({ topic: 'nowhere', messages: [{ value: 'x' }] });
  expect(await sent.catch(isUnknownTopic)).toBe(true);
});

it('what kafkajs has to say is said at debug level, and its small talk below that', async () => {
  const said: string[] = [];
  const log = {
    ...testLog,
    debug: (_details: object, message: string) => said.push(`debug ${message}`),
    trace: (_details: object, message: string) => said.push(`trace ${message}`),
  } as unknown as Logger;
  const kafka = createKafka(clusterAt(await freePort()), 'test', log);
  await expect(kafka.admin({ retry: { retries: 0 } }).connect()).rejects.toThrow();
  expect(said).toContainEqual(expect.stringMatching(/^debug kafkajs Connection: .*ECONNREFUSED/));
  kafka.logger().info('small talk');
  expect(said.at(-1)).toMatch(/^trace kafkajs .*: small talk$/);
});
