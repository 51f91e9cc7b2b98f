// node dist/bench/kafka-clients/platformatic.js <broker> <topic>: @platformatic/kafka.

import { Admin, Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { report } from './measure.ts';

const [, , broker = '', topic = ''] = process.argv;
const base = { clientId: 'bench', bootstrapBrokers: [broker] };

const admin = new Admin(base);
await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 });
await admin.close();
const producer = new Producer({ ...base, serializers: stringSerializers });
const consumer = new Consumer({ ...base, groupId: `${topic}-group`, deserializers: stringDeserializers });

await report({
  send: (messages) => producer.send({ messages: messages.map((one) => ({ topic, ...one })), acks: -1 }),
  async consume(count) {
    const records = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false });
    let seen = 0;
    for await (const _ of records) {
      seen += 1;
      if (seen >= count) return;
    }
  },
  close: () => Promise.all([consumer.close(true), producer.close()]),
});
