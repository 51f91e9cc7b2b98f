// DescribeConfigs: v1-4
//
// Behaviour:
// * A topic is described with every setting of log/topic-config.ts and its effective value.
// * The broker (resource type 4) is described with those of its settings that Apache Kafka has too.
// * A topic's setting has its default as a synonym, by the name of the broker's setting.
// * A group has no settings of its own. Other resources are refused with INVALID_REQUEST. Documentation is null.
//
// Version notes: v3 adds types and documentation, v4 is flexible; v2 is v1.
//
//   Request => [resourceType resourceName [configName] (nullable)] includeSynonyms includeDocumentation (v3+)
//     resourceType => INT8
//   Response => throttleTimeMs [errorCode errorMessage resourceType resourceName
//               [name value isReadOnly configSource isSensitive [name value configSource]
//                configType (v3+) documentation (v3+)]]
//     value, documentation => NULLABLE_STRING   configSource, configType => INT8

import { type ConfigEntry, describeTopicConfig } from '../log/topic-config.ts';
import type { Settings } from '../options.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';
import { sourceOf } from './config-source.ts';

const TOPIC = 2;
const BROKER = 4;
const GROUP = 32;
const SOURCE_BROKER = 4;
const TYPES = { BOOLEAN: 1, STRING: 2, INT: 3, LONG: 5, DOUBLE: 6, LIST: 7 } as const;

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
    synonyms: [],
  }));
  return { error: ErrorCode.NONE, message: null, entries };
}

function refused(message: string, error: ErrorCode = ErrorCode.INVALID_REQUEST): Described {
  return { error, message, entries: [] };
}

function describe(type: number, name: string, { settings, topics }: Context): Described {
  if (type === GROUP) return { error: ErrorCode.NONE, message: null, entries: [] };
  if (type === BROKER) return describeBroker(name, settings);
  if (type !== TOPIC) return refused(`received resource type ${type}, expected ${TOPIC} or ${BROKER}`);
  const topic = topics.get(name);
  if (!topic) return refused('there is no such topic', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  const entries = describeTopicConfig(topic.overrides, settings);
  const withSource = entries.map((entry) => ({
    ...entry,
    source: sourceOf(entry),
  }));
  return { error: ErrorCode.NONE, message: null, entries: withSource };
}

function handle(request: Request, context: Context): Writer {
  const { body, version } = request;
  const listed = body.structs(() => ({
    type: body.int8(),
    name: body.string(),
    keys: body.nullableArray(() => body.string()),
  }));
  const resources = [...new Map(listed.map((one) => [`${one.type} ${one.name}`, one])).values()];
  const withSynonyms = body.boolean();
  if (version >= 3) body.boolean(); // include documentation
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs(resources, ({ type, name, keys }) => {
    const { error, message, entries } = describe(type, name, context);
    const asked = entries.filter((entry) => keys === null || keys.includes(entry.name));
    writer.int16(error).string(message).int8(type).string(name);
    writer.structs(asked, (entry) => {
      writer.string(entry.name).string(entry.value).boolean(entry.readOnly);
      writer.int8(entry.source).boolean(false); // not sensitive
      writer.structs(withSynonyms ? entry.synonyms : [], (synonym) => {
        writer.string(synonym.name).string(synonym.value).int8(sourceOf(synonym));
      });
      if (version >= 3) writer.int8(TYPES[entry.type]).string(null);
    });
  });
}

export const describeConfigs: Api = {
  key: 32,
  name: 'DescribeConfigs',
  min: 1,
  max: 4,
  flexibleFrom: 4,
  handle,
};
