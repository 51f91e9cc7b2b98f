// Metadata: v0-6
//
// Behaviour:
// * A null list asks for all topics, an empty one for none; in v0, which has no null, an empty one for all.
// * A topic that does not exist is made, if the client allows it (before v4 it cannot say) and the broker does.
// * The broker is the address at which this client reached it, unless another one is advertised.
// * v0-3 are there for kafka-python 2.0, which asks with v0 and v1 whatever is advertised.
//
// Version notes: v1 adds the rack, the controller and isInternal, v2 the cluster's id, v3 the throttle time, v4
// allowAutoTopicCreation, v5 offline replicas, always none; v6 is v5.
//
//   Request => [topic] (nullable from v1) allowAutoTopicCreation (v4+)
//   Response => throttleTimeMs (v3+) [nodeId host port rack (v1+)] clusterId (v2+) controllerId (v1+)
//               [errorCode topic isInternal (v1+)
//                [errorCode partition leader [replica] [isr] [offline] (v5+)]]
//     nodeId, port, controllerId, partition, leader, replica, isr, offline => INT32

import { type Topic, topicNameProblem } from '../log/topics.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';

type Described = {
  readonly name: string;
  readonly error: ErrorCode;
  readonly partitions: number;
};

function described(topic: Topic): Described {
  return { name: topic.name, error: ErrorCode.NONE, partitions: topic.partitions.length };
}

function describe(name: string, mayCreate: boolean, { settings, topics }: Context): Described {
  const topic = topics.get(name);
  if (topic) return described(topic);
  const failed = (error: ErrorCode) => ({ name, error, partitions: 0 });
  if (topicNameProblem(name) !== null) return failed(ErrorCode.INVALID_TOPIC_EXCEPTION);
  if (!mayCreate || !settings.autoCreateTopics) return failed(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (!topics.hasRoomFor(settings.defaultPartitions)) return failed(ErrorCode.POLICY_VIOLATION);
  const made = topics.create(name, settings.defaultPartitions, {}, Date.now());
  return made ? described(made) : failed(ErrorCode.KAFKA_STORAGE_ERROR);
}

function writeTopic(writer: Writer, { name, error, partitions }: Described, version: number): void {
  const indexes = Array.from({ length: partitions }, (_, index) => index);
  const onlyNode = () => writer.array([NODE_ID], (node) => writer.int32(node));
  writer.int16(error).string(name);
  if (version >= 1) writer.boolean(false); // not internal
  writer.structs(indexes, (index) => {
    writer.int16(ErrorCode.NONE).int32(index).int32(NODE_ID);
    onlyNode(); // replicas
    onlyNode(); // in-sync replicas
    if (version >= 5) writer.int32(0); // offline replicas
  });
}

/** The names asked for, each once; null for all topics. */
function readNames(body: Reader, version: number): Set<string> | null {
  const names = body.nullableArray(() => body.string());
  return names === null || (version === 0 && names.length === 0) ? null : new Set(names);
}

function handle(request: Request, context: Context): Writer {
  const { body, client, version } = request;
  const names = readNames(body, version);
  const mayCreate = version >= 4 ? body.boolean() : true;
  const topics = names
    ? [...names].map((name) => describe(name, mayCreate, context))
    : context.topics.all().map(described);
  const writer = answerTo(request);
  if (version >= 3) writer.int32(NO_THROTTLE);
  writer.structs([client.advertised], ({ host, port }) => {
    writer.int32(NODE_ID).string(host).int32(port);
    if (version >= 1) writer.string(null); // rack
  });
  if (version >= 2) writer.string(context.clusterId);
  if (version >= 1) writer.int32(NODE_ID); // controller
  return writer.structs(topics, (topic) => writeTopic(writer, topic, version));
}

export const metadata: Api = { key: 3, name: 'Metadata', min: 0, max: 6, handle };
