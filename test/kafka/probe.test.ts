import { expect, it } from 'vitest';
import { createKafka } from '../../src/kafka/client.ts';
import { KafkaProbe } from '../../src/kafka/probe.ts';
import { afterFile } from '../support/after-file.ts';
import { testKafka } from '../support/kafka.ts';
import { startTestBroker } from '../support/line.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';

/** A probe of a broker that may not be there yet. */
function probeOf(port: number) {
  const cluster = { brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined };
  const probe = new KafkaProbe(createKafka(cluster, 'test', testLog));
  afterFile(() => probe.close());
  return probe;
}

it('a probe says why Kafka is away, and nothing where it answers', async () => {
  const { port } = await startTestBroker();
  expect(await probeOf(port).ask()).toBeUndefined();
  expect(await probeOf(await freePort()).ask()).toMatch(/ECONNREFUSED|no answer within/);
});

it('a question that failed while Kafka was away is answered once it is back, whichever it is', async () => {
  const port = await freePort();
  const [ofCluster, ofTopic] = [probeOf(port), probeOf(port)];
  await expect(ofCluster.clusterId()).rejects.toThrow('ECONNREFUSED');
  await expect(ofTopic.topicEnds('t')).rejects.toThrow('ECONNREFUSED');
  await startTestBroker(undefined, port);
  expect(await ofCluster.clusterId()).toMatch(/\S/);
  await expect(ofTopic.topicEnds('t')).rejects.toThrow('This server does not host this topic-partition');
});

it('a topic is looked at with its ends in the order of its partitions, and a group that there is not is dead', async () => {
  const { port } = await startTestBroker();
  const kafka = testKafka(port);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 't', numPartitions: 3 }] });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({
    topic: 't',
    messages: [
      { partition: 1, value: 'a' },
      { partition: 1, value: 'b' },
    ],
  });
  const probe = probeOf(port);
  const clusterId = await probe.clusterId();
  expect(await probe.look('t', 'nobody')).toEqual({
    clusterId,
    partitions: [0n, 2n, 0n].map((end, partition) => ({ partition, start: 0n, end })),
    groupState: 'Dead',
    members: [],
  });
  expect(await probe.topicEnds('t')).toEqual({
    clusterId,
    ends: new Map([
      [0, 0n],
      [1, 2n],
      [2, 0n],
    ]),
  });
});
