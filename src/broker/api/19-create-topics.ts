// CreateTopics: v2-7
//
// Behaviour:
// * Each topic is validated before it is created; with validateOnly none is created.
// * A replication factor other than 1, an assignment to another node and a setting that this broker can't honour are
//   refused, each with a message.
// * A name that differs from another topic's only in '.' and '_' is refused.
// * A topic named twice in one request is refused both times, as in Apache Kafka.
//
// Version notes: in v4 −1 is the default number of partitions and replicas (KIP-464), v5 is flexible and describes the
// created topic, v7 adds the topic id; v3 is v2, v6 is v5.
//
//   Request => [name numPartitions replicationFactor [partition [brokerId]] [configName configValue]]
//              timeoutMs validateOnly
//     numPartitions, partition, brokerId, timeoutMs => INT32   replicationFactor => INT16
//     configValue => NULLABLE_STRING
//   Response => throttleTimeMs [name topicId (v7+) errorCode errorMessage numPartitions (v5+) replicationFactor (v5+)
//               [name value readOnly configSource isSensitive] (v5+)]
//     numPartitions => INT32   replicationFactor => INT16   configSource => INT8

import { type ConfigOverrides, configProblem, describeTopicConfig } from '../log/topic-config.ts';
import { topicNameProblem } from '../log/topic-name.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';
import { sourceOf } from './config-source.ts';
import { namedTwice } from './named-twice.ts';
import { NO_TOPIC_ID } from './topic-reference.ts';

const DEFAULT = -1;
const MAX_PARTITIONS = 100_000;
const MAX_MESSAGE = 1000; // characters; it may quote what the client sent

type NewTopic = {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly assignments: readonly { readonly partition: number; readonly nodes: readonly number[] }[];
  readonly configs: readonly (readonly [name: string, value: string | null])[];
};

type Problem = {
  readonly error: ErrorCode;
  readonly message: string;
};

function readTopic(body: Reader): NewTopic {
  return {
    name: body.string(),
    partitions: body.int32(),
    replicationFactor: body.int16(),
    assignments: body.structs(() => ({ partition: body.int32(), nodes: body.array(() => body.int32()) })),
    configs: body.structs((): [string, string | null] => [body.string(), body.nullableString()]),
  };
}

function problem(error: ErrorCode, message: string): Problem {
  return { error, message: message.slice(0, MAX_MESSAGE) };
}

/** Number of partitions: those assigned, else the requested number, else the default. */
function partitionCount(topic: NewTopic, { settings }: Context): number {
  if (topic.assignments.length > 0) return topic.assignments.length;
  return topic.partitions === DEFAULT ? settings.defaultPartitions : topic.partitions;
}

function assignmentProblem({ assignments, partitions, replicationFactor }: NewTopic): Problem | null {
  if (assignments.length === 0) return null;
  if (partitions !== DEFAULT || replicationFactor !== DEFAULT) {
    return problem(
      ErrorCode.INVALID_REQUEST,
      'received partition or replica counts together with an assignment, expected either',
    );
  }
  const indexes = new Set(assignments.map(({ partition }) => partition));
  const inOrder = assignments.every((_, index) => indexes.has(index));
  const here = assignments.every(({ nodes }) => nodes.length === 1 && nodes[0] === NODE_ID);
  const message = `expected an assignment of every partition from 0 on to node ${NODE_ID} alone`;
  return inOrder && here ? null : problem(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
}

function sizeProblem(topic: NewTopic, context: Context): Problem | null {
  const count = partitionCount(topic, context);
  if (count < 1 || count > MAX_PARTITIONS) {
    return problem(
      ErrorCode.INVALID_PARTITIONS,
      `received ${count} partitions, expected 1 to ${MAX_PARTITIONS}`,
    );
  }
  const factor = topic.replicationFactor;
  if (factor !== 1 && factor !== DEFAULT) {
    return problem(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `received replication factor ${factor}, expected 1: there is one node`,
    );
  }
  if (context.topics.hasRoomFor(count)) return null;
  return problem(
    ErrorCode.POLICY_VIOLATION,
    `this broker holds at most ${context.settings.maxPartitions} partitions`,
  );
}

function problemOf(topic: NewTopic, isTwice: boolean, context: Context): Problem | null {
  const badName = topicNameProblem(topic.name);
  if (badName !== null) return problem(ErrorCode.INVALID_TOPIC_EXCEPTION, badName);
  if (isTwice) return problem(ErrorCode.INVALID_REQUEST, `topic '${topic.name}' is named twice`);
  if (context.topics.get(topic.name)) {
    return problem(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${topic.name}' already exists.`);
  }
  const colliding = context.topics.collidingWith(topic.name);
  if (colliding !== undefined) {
    const message = `Topic '${topic.name}' collides with existing topic: ${colliding}`;
    return problem(ErrorCode.INVALID_TOPIC_EXCEPTION, message);
  }
  const badConfig = topic.configs.map(([name, value]) => configProblem(name, value)).find((p) => p !== null);
  if (badConfig) return problem(ErrorCode.INVALID_CONFIG, badConfig);
  return assignmentProblem(topic) ?? sizeProblem(topic, context);
}

function overridesOf({ configs }: NewTopic): ConfigOverrides {
  return Object.fromEntries(configs.map(([name, value]) => [name, value ?? '']));
}

/** Writes the size and settings of a topic that was created, or with validateOnly would be. */
function writeMade(writer: Writer, topic: NewTopic, context: Context): void {
  const overrides = overridesOf(topic);
  const entries = describeTopicConfig(overrides, context.settings);
  writer.int32(partitionCount(topic, context)).int16(1);
  writer.structs(entries, (entry) => {
    writer.string(entry.name).string(entry.value).boolean(entry.readOnly);
    writer.int8(sourceOf(entry)).boolean(false);
  });
}

function create(topic: NewTopic, context: Context): Problem | null {
  const made = context.topics.create(
    topic.name,
    partitionCount(topic, context),
    overridesOf(topic),
    Date.now(),
  );
  return made ? null : problem(ErrorCode.KAFKA_STORAGE_ERROR, 'the broker cannot write to its folder');
}

function handle(request: Request, context: Context): Writer {
  const { body, version } = request;
  const topics = body.structs(() => readTopic(body));
  body.int32(); // timeout: nothing is waited for
  const validateOnly = body.boolean();
  const twice = namedTwice(topics.map(({ name }) => name));
  const names = new Map(topics.map((topic) => [topic.name, topic]));
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs([...names.values()], (topic) => {
    const found = problemOf(topic, twice.has(topic.name), context);
    const failed = found ?? (validateOnly ? null : create(topic, context));
    writer.string(topic.name);
    if (version >= 7)
      writer.uuid((failed || validateOnly ? undefined : context.topics.get(topic.name)?.id) ?? NO_TOPIC_ID);
    writer.int16(failed?.error ?? ErrorCode.NONE).string(failed?.message ?? null);
    if (version < 5) return;
    if (failed)
      writer
        .int32(-1)
        .int16(-1)
        .structs([], () => {});
    else writeMade(writer, topic, context);
  });
}

export const createTopics: Api = { key: 19, name: 'CreateTopics', min: 2, max: 7, flexibleFrom: 5, handle };
