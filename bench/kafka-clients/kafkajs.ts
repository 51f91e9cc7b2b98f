// node dist/bench/kafka-clients/kafkajs.js <broker> <topic>: kafkajs as the program sets it up.

import { createKafka } from '../../src/kafka/client.ts';
import { partitionOf } from '../../src/kafka/partition.ts';
import { createLog } from '../../src/runtime/log.ts';
import { report } from './measure.ts';

const PARTITIONS = 3;
const [, , broker = '', topic = ''] = process.argv;
const kafka = createKafka(
  { brokers: [broker], ssl: false, sasl: undefined },
  'bench',
  createLog('bench', 'silent', false),
);
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
await admin.disconnect();
const producer = kafka.producer();
await producer.connect();
const consumer = kafka.consumer({ groupId: `${topic}-group` });

await report({
  send: (messages) =>
    producer.send({
      topic,
      messages: messages.map((one) => ({ ...one, partition: partitionOf(one.key, PARTITIONS) })),
      acks: -1,
    }),
  async consume(count) {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    let seen = 0;
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            seen += batch.messages.length;
            if (seen >= count) resolve();
          },
        })
        .catch(reject);
    });
  },
  close: () => Promise.all([consumer.disconnect(), producer.disconnect()]),
});
