// Metadata: v4-6
//
// Behaviour:
// * A null list asks for all topics, an empty one for none.
// * A topic that does not exist is made, if the client allows it and the broker's option does.
// * The broker is the address at which this client reached it, unless another one is advertised.
//
// Version notes: v5 adds offline replicas, always none; v6 is v5.
//
//   Request => [topic] (nullable) allowAutoTopicCreation
//   Response => throttleTimeMs [nodeId host port rack] clusterId controllerId
//               [errorCode topic isInternal [errorCode partition leader [replica] [isr] [offline] (v5+)]]
//     nodeId, port, controllerId, partition, leader, replica, isr, offline => INT32

import { type Topic, topicNameProblem } from '../log/topics.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';

interface Described {
  readonly name: string;
  readonly error: ErrorCode;
  readonly partitions: number;
}

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
  return described(topics.create(name, settings.defaultPartitions, {}, Date.now()));
}

function writeTopic(writer: Writer, { name, error, partitions }: Described, version: number): void {
  const indexes = Array.from({ length: partitions }, (_, index) => index);
  const onlyNode = () => writer.array([NODE_ID], (node) => writer.int32(node));
  writer.int16(error).string(name).boolean(false);
  writer.array(indexes, (index) => {
    writer.int16(ErrorCode.NONE).int32(index).int32(NODE_ID);
    onlyNode(); // replicas
    onlyNode(); // in-sync replicas
    if (version >= 5) writer.int32(0); // offline replicas
  });
}

function handle(request: Request, context: Context): Writer {
  const { body, client, version } = request;
  const names = body.nullableArray(() => body.string());
  const mayCreate = body.boolean();
  const topics =
    names === null
      ? context.topics.all().map(described)
      : [...new Set(names)].map((n) => describe(n, mayCreate, context));
  const writer = answerTo(request).int32(NO_THROTTLE);
  writer.array([client.advertised], ({ host, port }) =>
    writer.int32(NODE_ID).string(host).int32(port).string(null),
  );
  writer.string(context.clusterId).int32(NODE_ID);
  return writer.array(topics, (topic) => writeTopic(writer, topic, version));
}

export const metadata: Api = { key: 3, name: 'Metadata', min: 4, max: 6, handle };
