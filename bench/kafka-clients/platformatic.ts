// node dist/bench/kafka-clients/platformatic.js <broker> <topic> <folder>: @platformatic/kafka, as it is installed in the folder. The program does not
// depend on it: what is used of it is written down here.

import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { report } from './measure.ts';

type Base = { readonly clientId: string; readonly bootstrapBrokers: readonly string[] };
type Closing = { close(force?: boolean): Promise<void> };
type Records = AsyncIterable<unknown>;
type Peer = {
  readonly stringSerializers: object;
  readonly stringDeserializers: object;
  readonly Admin: new (
    options: Base,
  ) => Closing & {
    createTopics(options: { topics: string[]; partitions: number; replicas: number }): Promise<unknown>;
  };
  readonly Producer: new (
    options: Base & { serializers: object },
  ) => Closing & {
    send(options: {
      messages: { topic: string; key: string; value: string }[];
      acks: number;
    }): Promise<unknown>;
  };
  readonly Consumer: new (
    options: Base & { groupId: string; deserializers: object },
  ) => Closing & {
    consume(options: { topics: string[]; mode: 'earliest'; autocommit: false }): Promise<Records>;
  };
};

const [, , broker = '', topic = '', folder = ''] = process.argv;
const entry = createRequire(path.join(folder, 'package.json')).resolve('@platformatic/kafka');
const peer = (await import(pathToFileURL(entry).href)) as Peer;
const base: Base = { clientId: 'bench', bootstrapBrokers: [broker] };

const admin = new peer.Admin(base);
await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 });
await admin.close();
const producer = new peer.Producer({ ...base, serializers: peer.stringSerializers });
const consumer = new peer.Consumer({
  ...base,
  groupId: `${topic}-group`,
  deserializers: peer.stringDeserializers,
});

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
