// DescribeConfigs: v1-2
//
// Behaviour:
// * A topic is described with every setting of log/topic-config.ts and the value in force.
// * The broker (resource type 4) is described with the settings that it has under a name of Apache Kafka's.
// * Other resources are refused with INVALID_REQUEST. Synonyms are not listed.
//
// Version notes: v2 is v1.
//
//   Request => [resourceType resourceName [configName] (nullable)] includeSynonyms   resourceType => INT8
//   Response => throttleTimeMs [errorCode errorMessage resourceType resourceName
//               [name value isReadOnly configSource isSensitive [synonym]]]
//     value => NULLABLE_STRING   configSource => INT8

import { type ConfigEntry, describeTopicConfig } from '../log/topic-config.ts';
import type { Settings } from '../options.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';

const TOPIC = 2;
const BROKER = 4;
const SOURCE_TOPIC = 1;
const SOURCE_BROKER = 4;
const SOURCE_DEFAULT = 5;

type Described = {
  readonly error: ErrorCode;
  readonly message: string | null;
  readonly entries: readonly (ConfigEntry & { readonly source: number })[];
};

function brokerConfig(settings: Settings): Record<string, string | number | boolean> {
  return {
    'auto.create.topics.enable': settings.autoCreateTopics,
    'default.replication.factor': 1,
    'group.initial.rebalance.delay.ms': settings.groupInitialRebalanceDelayMs,
    'group.max.session.timeout.ms': settings.groupMaxSessionTimeoutMs,
    'group.min.session.timeout.ms': settings.groupMinSessionTimeoutMs,
    'log.retention.bytes': settings.retentionBytes,
    'log.retention.ms': settings.retentionMs,
    'log.segment.bytes': settings.segmentBytes,
    'max.connections': settings.maxConnections,
    'message.max.bytes': settings.maxMessageBytes,
    'num.partitions': settings.defaultPartitions,
    'socket.request.max.bytes': settings.maxFrameBytes,
  };
}

function describeBroker(name: string, settings: Settings): Described {
  if (name !== '' && name !== String(NODE_ID)) return refused(`expected broker ${NODE_ID}, the only one`);
  const entries = Object.entries(brokerConfig(settings)).map(([key, value]) => ({
    name: key,
    value: String(value),
    type: 'STRING' as const,
    isDefault: false,
    readOnly: true,
    source: SOURCE_BROKER,
  }));
  return { error: ErrorCode.NONE, message: null, entries };
}

function refused(message: string, error: ErrorCode = ErrorCode.INVALID_REQUEST): Described {
  return { error, message, entries: [] };
}

function describe(type: number, name: string, { settings, topics }: Context): Described {
  if (type === BROKER) return describeBroker(name, settings);
  if (type !== TOPIC) return refused(`received resource type ${type}, expected ${TOPIC} or ${BROKER}`);
  const topic = topics.get(name);
  if (!topic) return refused('there is no such topic', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  const entries = describeTopicConfig(topic.config, topic.overrides);
  const withSource = entries.map((entry) => ({
    ...entry,
    source: entry.isDefault ? SOURCE_DEFAULT : SOURCE_TOPIC,
  }));
  return { error: ErrorCode.NONE, message: null, entries: withSource };
}

function handle(request: Request, context: Context): Writer {
  const { body } = request;
  const resources = body.structs(() => ({
    type: body.int8(),
    name: body.string(),
    keys: body.nullableArray(() => body.string()),
  }));
  body.boolean(); // include synonyms
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs(resources, ({ type, name, keys }) => {
    const { error, message, entries } = describe(type, name, context);
    const asked = entries.filter((entry) => keys === null || keys.includes(entry.name));
    writer.int16(error).string(message).int8(type).string(name);
    writer.structs(asked, (entry) => {
      writer.string(entry.name).string(entry.value).boolean(entry.readOnly);
      writer.int8(entry.source).boolean(false).int32(0); // not sensitive, no synonyms
    });
  });
}

export const describeConfigs: Api = { key: 32, name: 'DescribeConfigs', min: 1, max: 2, handle };
