// Reads the id that a cluster gives a topic when it is created, by which a topic that was deleted and created again is recognised.
// kafkajs 2.2.4 speaks no version of Metadata with topic ids, so the request is written here.
//
// Metadata v10, flexible (KIP-482; kafka.apache.org/protocol#The_Messages_Metadata)
//   Request  => header tags, [topicId uuid, name, tags], allowAutoTopicCreation, includeClusterOperations, includeTopicOperations, tags
//   Response => header tags, throttleTimeMs int32, [nodeId int32, host, port int32, rack, tags], clusterId, controllerId int32,
//               [errorCode int16, name, topicId uuid, …], …

import { ByteCursor } from './byte-cursor.ts';

const METADATA = 3;
const VERSION = 10;
const UUID_BYTES = 16;
const NO_ID = '0'.repeat(2 * UUID_BYTES);

type Versions = Readonly<Record<number, { readonly maxVersion: number }>>;
type Encoded = { readonly buf: Buffer; readonly buffer: Buffer; size(): number };
type Answer = { readonly id: string | undefined };
type Question = {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<Encoded>;
  };
  readonly response: {
    decode(bytes: Buffer): Promise<Answer>;
    parse(answer: Answer): Promise<string | undefined>;
  };
};

/** The part of kafkajs's broker/index.js that is used. */
export type AskedBroker = {
  readonly versions: Versions | null;
  readonly connectionPool: { send(question: Question): Promise<string | undefined> };
};

/**
 * Asks a connected broker for a topic's id.
 * @returns 32 hex digits; undefined where there is no such topic, null where the cluster is older than such ids (Kafka 2.8)
 * @throws kafkajs's error where the broker is away
 */
export async function readTopicId(
  { versions, connectionPool }: AskedBroker,
  topic: string,
): Promise<string | undefined | null> {
  if ((versions?.[METADATA]?.maxVersion ?? 0) < VERSION) return null;
  return connectionPool.send({
    request: {
      apiKey: METADATA,
      apiVersion: VERSION,
      apiName: 'Metadata',
      encode: async () => encoded(requestFor(topic)),
    },
    response: { decode: async (bytes) => ({ id: idIn(bytes) }), parse: async ({ id }) => id },
  });
}

const encoded = (bytes: Buffer): Encoded => ({ buf: bytes, buffer: bytes, size: () => bytes.length });

/** A name has at most 249 bytes, so its length + 1 is a varint of one byte or two. */
function requestFor(topic: string): Buffer {
  const name = Buffer.from(topic);
  const length = name.length + 1;
  const varint = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
  return Buffer.concat([
    Buffer.from([0, 2]),
    Buffer.alloc(UUID_BYTES),
    Buffer.from(varint),
    name,
    Buffer.alloc(5),
  ]);
}

function idIn(bytes: Buffer): string | undefined {
  const cursor = new ByteCursor(bytes);
  skipTags(cursor);
  cursor.skip(4);
  for (let brokers = cursor.unsignedVarint() - 1; brokers > 0; brokers -= 1) {
    cursor.skip(4);
    skipText(cursor);
    cursor.skip(4);
    skipText(cursor);
    skipTags(cursor);
  }
  skipText(cursor);
  cursor.skip(4);
  if (cursor.unsignedVarint() < 2) return undefined;
  cursor.skip(2);
  skipText(cursor);
  const id = bytes.toString('hex', cursor.at, cursor.endOf(UUID_BYTES));
  return id === NO_ID ? undefined : id;
}

/** Skips a COMPACT_STRING or null: a varint of the length + 1, and the text. */
function skipText(cursor: ByteCursor): void {
  cursor.skip(Math.max(0, cursor.unsignedVarint() - 1));
}

function skipTags(cursor: ByteCursor): void {
  for (let count = cursor.unsignedVarint(); count > 0; count -= 1) {
    cursor.unsignedVarint();
    cursor.skip(cursor.unsignedVarint());
  }
}
