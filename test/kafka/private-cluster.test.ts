import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { clusterMaker } from '../../src/kafka/private-cluster.ts';

const kafka = () => new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING });

it('kafkajs has what makes clusters under the name that is looked for, and each cluster is another one', () => {
  const client = kafka();
  const [create, name] = clusterMaker<{ isConnected(): boolean }>(client);
  expect(Reflect.has(client, name)).toBe(true);
  const options = { allowAutoTopicCreation: false, metadataMaxAge: 1_000 };
  const [one, other] = [create(options), create(options)];
  expect(one).not.toBe(other);
  expect([one.isConnected(), other.isConnected()]).toEqual([false, false]);
});

it('a client that makes its clusters in another way is refused at once, and not when it is used', () => {
  expect(() => clusterMaker({} as Kafka)).toThrow('has no method private:Kafka:createCluster');
  const [, name] = clusterMaker(kafka());
  expect(() => clusterMaker({ [name]: 'no function' } as unknown as Kafka)).toThrow('has no method');
});
