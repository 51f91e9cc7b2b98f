// Metadata: v0-13
//
// Behaviour:
// * A null list asks for all topics, an empty one for none; in v0, which has no null, an empty one for all.
// * A topic that does not exist is created, if both the client (always before v4) and the broker allow it.
// * The broker's address is the one at which this client reached it, unless another one is advertised.
// * Every operation is authorized (authorized-operations.ts).
// * v0-3 are served for kafka-python 2.0, which sends v0 and v1 whatever is advertised.
//
// Version notes: v1 adds the rack, the controller and isInternal, v2 the cluster's id, v3 the throttle time, v4
// allowAutoTopicCreation, v5 offline replicas, always none, v7 the leader epoch, v8 authorized operations, v9 is flexible,
// v10 returns topic ids and v12 accepts them, v11 leaves the cluster's operations to DescribeCluster, v13 adds an error for
// the whole response; v6 is v5.
//
//   Request => [topicId (v10+) topic (nullable from v10)] (nullable from v1) allowAutoTopicCreation (v4+)
//              includeClusterOperations (v8-10) includeTopicOperations (v8+)
//   Response => throttleTimeMs (v3+) [nodeId host port rack (v1+)] clusterId (v2+) controllerId (v1+)
//               [errorCode topic (nullable from v12) topicId (v10+) isInternal (v1+)
//                [errorCode partition leader leaderEpoch (v7+) [replica] [isr] [offline] (v5+)] operations (v8+)]
//               clusterOperations (v8-10) errorCode (v13+)
//     nodeId, port, controllerId, partition, leader, leaderEpoch, replica, isr, offline, operations => INT32

import { LEADER_EPOCH } from '../log/partition-log.ts';
import { topicNameProblem } from '../log/topic-name.ts';
import type { Topic } from '../log/topics.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';
import { ALL_OPERATIONS, NOT_ASKED } from './authorized-operations.ts';
import { NO_TOPIC_ID } from './topic-reference.ts';

type Described = {
  /** Null for an id that no topic has. */
  readonly name: string | null;
  readonly id: string;
  readonly error: ErrorCode;
  readonly partitions: number;
};

function described(topic: Topic): Described {
  return { name: topic.name, id: topic.id, error: ErrorCode.NONE, partitions: topic.partitions.length };
}

/** A requested topic, by its id unless that is NO_TOPIC_ID. */
type Asked = { readonly id: string; readonly name: string | null };

function describe({ id, name }: Asked, mayCreate: boolean, context: Context): Described {
  // Java's client sends an empty name beside the id.
  if (name !== null && id === NO_TOPIC_ID) return describeNamed(name, mayCreate, context);
  const topic = context.topics.get(context.topics.nameOf(id) ?? '');
  return topic ? described(topic) : { name: null, id, error: ErrorCode.UNKNOWN_TOPIC_ID, partitions: 0 };
}

function describeNamed(name: string, mayCreate: boolean, { settings, topics }: Context): Described {
  const topic = topics.get(name);
  if (topic) return described(topic);
  const failed = (error: ErrorCode) => ({ name, id: NO_TOPIC_ID, error, partitions: 0 });
  if (topicNameProblem(name) !== null) return failed(ErrorCode.INVALID_TOPIC_EXCEPTION);
  if (!mayCreate || !settings.autoCreateTopics) return failed(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (topics.collidingWith(name) !== undefined) return failed(ErrorCode.INVALID_TOPIC_EXCEPTION);
  if (!topics.hasRoomFor(settings.defaultPartitions)) return failed(ErrorCode.POLICY_VIOLATION);
  const made = topics.create(name, settings.defaultPartitions, {}, Date.now());
  return made ? described(made) : failed(ErrorCode.KAFKA_STORAGE_ERROR);
}

function writeTopic(
  writer: Writer,
  { name, id, error, partitions }: Described,
  version: number,
  operations: number,
): void {
  const indexes = Array.from({ length: partitions }, (_, index) => index);
  const onlyNode = () => writer.array([NODE_ID], (node) => writer.int32(node));
  writer.int16(error).string(version >= 12 ? name : (name ?? ''));
  if (version >= 10) writer.uuid(id);
  if (version >= 1) writer.boolean(false); // not internal
  writer.structs(indexes, (index) => {
    writer.int16(ErrorCode.NONE).int32(index).int32(NODE_ID);
    if (version >= 7) writer.int32(LEADER_EPOCH);
    onlyNode(); // replicas
    onlyNode(); // in-sync replicas
    if (version >= 5) writer.array([], () => {}); // offline replicas
  });
  if (version >= 8) writer.int32(operations);
}

/** The requested topics, each once; null for all. */
function readAsked(body: Reader, version: number): Asked[] | null {
  const asked = body.nullableStructs(() => ({
    id: version >= 10 ? body.uuid() : NO_TOPIC_ID,
    name: version >= 10 ? body.nullableString() : body.string(),
  }));
  if (asked === null || (version === 0 && asked.length === 0)) return null;
  return [...new Map(asked.map((one) => [`${one.id}/${one.name}`, one])).values()];
}

function handle(request: Request, context: Context): Writer {
  const { body, client, version } = request;
  const asked = readAsked(body, version);
  const mayCreate = version >= 4 ? body.boolean() : true;
  const ofCluster = version >= 8 && version <= 10 && body.boolean() ? ALL_OPERATIONS.cluster : NOT_ASKED;
  const ofTopics = version >= 8 && body.boolean() ? ALL_OPERATIONS.topic : NOT_ASKED;
  const topics = asked
    ? asked.map((one) => describe(one, mayCreate, context))
    : context.topics.all().map(described);
  const writer = answerTo(request);
  if (version >= 3) writer.int32(NO_THROTTLE);
  writer.structs([client.advertised], ({ host, port }) => {
    writer.int32(NODE_ID).string(host).int32(port);
    if (version >= 1) writer.string(null); // rack
  });
  if (version >= 2) writer.string(context.clusterId);
  if (version >= 1) writer.int32(NODE_ID); // controller
  writer.structs(topics, (topic) => writeTopic(writer, topic, version, ofTopics));
  if (version >= 8 && version <= 10) writer.int32(ofCluster);
  return version >= 13 ? writer.int16(ErrorCode.NONE) : writer;
}

export const metadata: Api = { key: 3, name: 'Metadata', min: 0, max: 13, flexibleFrom: 9, handle };
