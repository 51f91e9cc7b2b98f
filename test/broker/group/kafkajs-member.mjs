// A member of a consumer group, by kafkajs, for members.test.ts.
//
// usage: kafkajs-member.mjs PORT GROUP TOPIC ASSIGNOR
//
// Prints "record PARTITION VALUE" for each record, and commits what it has printed. SIGTERM: leaves the group.
// kafkajs has one assignor of its own, under a name that no other client has, so that it could never share a
// group; the two of the other clients are given to it here.

import { AssignerProtocol, Kafka, logLevel } from 'kafkajs';

const [, , port, groupId, topic, name] = process.argv;

/** Spreads the topic's partitions over the members, by their ids, in runs (range) or in turns (roundrobin). */
const assigner = ({ cluster }) => ({
  name,
  version: 0,
  async assign({ members }) {
    const ids = members.map(({ memberId }) => memberId).sort();
    const partitions = cluster
      .findTopicPartitionMetadata(topic)
      .map(({ partitionId }) => partitionId)
      .sort();
    const owner = (i) =>
      name === 'range' ? Math.floor((i * ids.length) / partitions.length) : i % ids.length;
    return ids.map((memberId, index) => {
      const assignment = { [topic]: partitions.filter((_, i) => owner(i) === index) };
      return {
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: 0, assignment }),
      };
    });
  },
  protocol({ topics }) {
    return { name, metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics }) };
  },
});

const retry = { initialRetryTime: 50, maxRetryTime: 300, retries: 1000 };
const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, retry });
const timeouts = {
  sessionTimeout: 1500,
  rebalanceTimeout: 3000,
  heartbeatInterval: 200,
  maxWaitTimeInMs: 50,
};
const consumer = kafka.consumer({ groupId, ...timeouts, partitionAssigners: [assigner] });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
consumer.on(consumer.events.CRASH, ({ payload }) => {
  if (payload.restart) return;
  console.error(payload.error);
  process.exit(1);
});
process.once('SIGTERM', () => consumer.disconnect().then(() => process.exit(0)));
await consumer.run({
  autoCommitInterval: 100,
  eachMessage: async ({ partition, message }) => console.log('record', partition, String(message.value)),
});
