// The settings of a topic, under Apache Kafka's names. One list drives parsing, defaults and DescribeConfigs. A setting that
// this broker can't honour (replication, a codec of its own) is refused with a message, never accepted and ignored.

import type { Settings } from '../options.ts';

export type TopicConfig = {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly maxMessageBytes: number;
  readonly isCompacted: boolean;
  readonly isDeleted: boolean;
  /** Age of the oldest new segment, ms, at which a log is compacted whatever the share of what is new. */
  readonly maxCompactionLagMs: number;
  /** An append is synced to the disk, before its acknowledgement, whenever so many records were appended. */
  readonly flushMessages: number;
  /** How far a producer's timestamps may lie before and after the broker's time, ms. */
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
  /** Whether records get the time of their append instead of their producer's. */
  readonly isAppendTimed: boolean;
  /** Share of a log's bytes that has to be new before it is compacted, 0 to 1. */
  readonly minCleanableDirtyRatio: number;
  /** Age of a record, ms, before which compaction does not touch it. */
  readonly minCompactionLagMs: number;
  /** How long a tombstone stays after the first pass of compaction over it, ms. */
  readonly deleteRetentionMs: number;
};

type NumberField = Exclude<keyof TopicConfig, 'isCompacted' | 'isDeleted' | 'isAppendTimed'>;

/** A topic's own settings, by Kafka's names. */
export type ConfigOverrides = Readonly<Record<string, string>>;

type NumberEntry = {
  readonly kind: 'number';
  readonly name: string;
  /** The broker's setting whose value is its default, where that has another name. */
  readonly ofBroker?: string;
  readonly field: NumberField;
  readonly type: 'INT' | 'LONG' | 'DOUBLE';
  readonly lowest: number;
  readonly highest: number;
};

type PolicyEntry = {
  readonly kind: 'policy';
  readonly name: 'cleanup.policy';
  readonly ofBroker: string;
  readonly type: 'LIST';
};

type ChoiceEntry = {
  readonly kind: 'choice';
  readonly name: string;
  readonly ofBroker: string;
  /** The first is the default. */
  readonly values: readonly [string, ...string[]];
  readonly type: 'STRING';
};

type FixedEntry = {
  readonly kind: 'fixed';
  readonly name: string;
  readonly ofBroker?: undefined;
  readonly value: string;
  readonly type: 'INT' | 'LONG' | 'STRING' | 'BOOLEAN';
};

const INT_MAX = 2 ** 31 - 1;
const LONG_MAX = 2 ** 63; // the nearest number to Kafka's highest, which is one less
const WRITTEN_LONG_MAX = '9223372036854775807';

const POLICIES = ['delete', 'compact', 'compact,delete', 'delete,compact'];
const APPEND_TIME = 'LogAppendTime';
const DEFAULT_POLICY = 'delete';
const DEFAULT_DIRTY_RATIO = 0.5;
const DEFAULT_DELETE_RETENTION_MS = 86_400_000;
const DEFAULT_TIMESTAMP_AFTER_MAX_MS = 3_600_000; // records of the far future would outlive any retention

const ENTRIES: readonly (NumberEntry | PolicyEntry | ChoiceEntry | FixedEntry)[] = [
  { kind: 'policy', name: 'cleanup.policy', ofBroker: 'log.cleanup.policy', type: 'LIST' },
  {
    kind: 'number',
    name: 'delete.retention.ms',
    ofBroker: 'log.cleaner.delete.retention.ms',
    field: 'deleteRetentionMs',
    type: 'LONG',
    lowest: 0,
    highest: LONG_MAX,
  },
  {
    kind: 'number',
    name: 'min.cleanable.dirty.ratio',
    ofBroker: 'log.cleaner.min.cleanable.ratio',
    field: 'minCleanableDirtyRatio',
    type: 'DOUBLE',
    lowest: 0,
    highest: 1,
  },
  {
    kind: 'number',
    name: 'min.compaction.lag.ms',
    ofBroker: 'log.cleaner.min.compaction.lag.ms',
    field: 'minCompactionLagMs',
    type: 'LONG',
    lowest: 0,
    highest: LONG_MAX,
  },
  {
    kind: 'number',
    name: 'flush.messages',
    ofBroker: 'log.flush.interval.messages',
    field: 'flushMessages',
    type: 'LONG',
    lowest: 1,
    highest: LONG_MAX,
  },
  { kind: 'fixed', name: 'index.interval.bytes', value: '4096', type: 'INT' },
  {
    kind: 'number',
    name: 'max.compaction.lag.ms',
    ofBroker: 'log.cleaner.max.compaction.lag.ms',
    field: 'maxCompactionLagMs',
    type: 'LONG',
    lowest: 1,
    highest: LONG_MAX,
  },
  {
    kind: 'number',
    name: 'max.message.bytes',
    ofBroker: 'message.max.bytes',
    field: 'maxMessageBytes',
    type: 'INT',
    lowest: 0,
    highest: INT_MAX,
  },
  {
    kind: 'number',
    name: 'retention.bytes',
    ofBroker: 'log.retention.bytes',
    field: 'retentionBytes',
    type: 'LONG',
    lowest: -1,
    highest: LONG_MAX,
  },
  {
    kind: 'number',
    name: 'retention.ms',
    ofBroker: 'log.retention.ms',
    field: 'retentionMs',
    type: 'LONG',
    lowest: -1,
    highest: LONG_MAX,
  },
  {
    kind: 'number',
    name: 'segment.bytes',
    ofBroker: 'log.segment.bytes',
    field: 'segmentBytes',
    type: 'INT',
    lowest: 1024,
    highest: INT_MAX,
  },
  {
    kind: 'number',
    name: 'segment.ms',
    ofBroker: 'log.roll.ms',
    field: 'segmentMs',
    type: 'LONG',
    lowest: 1,
    highest: LONG_MAX,
  },
  { kind: 'fixed', name: 'compression.type', value: 'producer', type: 'STRING' },
  {
    kind: 'number',
    name: 'message.timestamp.after.max.ms',
    ofBroker: 'log.message.timestamp.after.max.ms',
    field: 'timestampAfterMaxMs',
    type: 'LONG',
    lowest: 0,
    highest: LONG_MAX,
  },
  {
    kind: 'number',
    name: 'message.timestamp.before.max.ms',
    ofBroker: 'log.message.timestamp.before.max.ms',
    field: 'timestampBeforeMaxMs',
    type: 'LONG',
    lowest: 0,
    highest: LONG_MAX,
  },
  {
    kind: 'choice',
    name: 'message.timestamp.type',
    ofBroker: 'log.message.timestamp.type',
    values: ['CreateTime', APPEND_TIME],
    type: 'STRING',
  },
  { kind: 'fixed', name: 'min.insync.replicas', value: '1', type: 'INT' },
  { kind: 'fixed', name: 'preallocate', value: 'false', type: 'BOOLEAN' },
  { kind: 'fixed', name: 'remote.storage.enable', value: 'false', type: 'BOOLEAN' },
  { kind: 'fixed', name: 'segment.jitter.ms', value: '0', type: 'LONG' },
  { kind: 'fixed', name: 'unclean.leader.election.enable', value: 'false', type: 'BOOLEAN' },
];

/** The effective settings: the topic's own, and the broker's for the rest. `overrides` were validated. */
export function topicConfig(overrides: ConfigOverrides, defaults: Settings): TopicConfig {
  const policy = (overrides['cleanup.policy'] ?? DEFAULT_POLICY).replaceAll(' ', '').split(',');
  const pick = (name: string, otherwise: number) => Number(overrides[name] ?? otherwise);
  return {
    maxMessageBytes: pick('max.message.bytes', defaults.maxMessageBytes),
    retentionBytes: pick('retention.bytes', defaults.retentionBytes),
    retentionMs: pick('retention.ms', defaults.retentionMs),
    segmentBytes: pick('segment.bytes', defaults.segmentBytes),
    segmentMs: pick('segment.ms', defaults.segmentMs),
    maxCompactionLagMs: pick('max.compaction.lag.ms', LONG_MAX),
    flushMessages: pick('flush.messages', LONG_MAX),
    timestampBeforeMaxMs: pick('message.timestamp.before.max.ms', LONG_MAX),
    timestampAfterMaxMs: pick('message.timestamp.after.max.ms', DEFAULT_TIMESTAMP_AFTER_MAX_MS),
    isCompacted: policy.includes('compact'),
    isDeleted: policy.includes('delete'),
    isAppendTimed: overrides['message.timestamp.type'] === APPEND_TIME,
    minCleanableDirtyRatio: pick('min.cleanable.dirty.ratio', DEFAULT_DIRTY_RATIO),
    minCompactionLagMs: pick('min.compaction.lag.ms', 0),
    deleteRetentionMs: pick('delete.retention.ms', DEFAULT_DELETE_RETENTION_MS),
  };
}

/** Whether this broker has such a setting of topics. */
export function isConfigName(name: string): boolean {
  return ENTRIES.some((entry) => entry.name === name);
}

/** Why `name` can't be set to `value`; null if it can. */
export function configProblem(name: string, value: string | null): string | null {
  const entry = ENTRIES.find((e) => e.name === name);
  if (entry === undefined) return `${name}: unknown or not supported by this broker`;
  const received = `${name}: received ${JSON.stringify(value)}`;
  if (entry.kind === 'fixed') {
    return value === entry.value
      ? null
      : `${received}, this broker only supports ${JSON.stringify(entry.value)}`;
  }
  if (entry.kind === 'choice') {
    const isKnown = value !== null && entry.values.includes(value);
    return isKnown ? null : `${received}, expected ${entry.values.join(' or ')}`;
  }
  if (entry.kind === 'policy') {
    const isKnown = value !== null && POLICIES.includes(value.replaceAll(' ', ''));
    return isKnown ? null : `${received}, expected delete, compact or both`;
  }
  const digits = entry.type === 'DOUBLE' ? /^\d+(?:\.\d+)?$/ : /^-?\d+$/;
  const number = value === null || !digits.test(value) ? Number.NaN : Number(value);
  const fits = number >= entry.lowest && number <= entry.highest;
  return fits
    ? null
    : `${received}, expected ${entry.type === 'DOUBLE' ? 'a number' : 'an integer'} from ${entry.lowest} to ${entry.highest === LONG_MAX ? WRITTEN_LONG_MAX : entry.highest}`;
}

export type ConfigEntry = {
  readonly name: string;
  readonly value: string;
  readonly type: 'INT' | 'STRING' | 'LIST' | 'BOOLEAN' | 'LONG' | 'DOUBLE';
  readonly isDefault: boolean;
  readonly readOnly: boolean;
  /** Where the value may come from, the effective one first. */
  readonly synonyms: readonly Synonym[];
};

export type Synonym = {
  readonly name: string;
  readonly value: string;
  readonly isDefault: boolean;
};

/** Every setting with the value in force, for DescribeConfigs. `overrides` were checked. */
export function describeTopicConfig(overrides: ConfigOverrides, defaults: Settings): ConfigEntry[] {
  const [config, otherwise] = [topicConfig(overrides, defaults), topicConfig({}, defaults)];
  return ENTRIES.map((entry) => {
    const { name, ofBroker = name, type } = entry;
    const value = settingOf(entry, config, overrides);
    const isDefault = overrides[name] === undefined;
    const ofDefault = { name: ofBroker, value: settingOf(entry, otherwise, {}), isDefault: true };
    const synonyms = isDefault ? [ofDefault] : [{ name, value, isDefault }, ofDefault];
    return { name, value, type, isDefault, readOnly: entry.kind === 'fixed', synonyms };
  });
}

function settingOf(entry: (typeof ENTRIES)[number], config: TopicConfig, overrides: ConfigOverrides): string {
  if (entry.kind === 'fixed') return entry.value;
  if (entry.kind === 'choice') return overrides[entry.name] ?? entry.values[0];
  if (entry.kind === 'policy') return overrides[entry.name] ?? DEFAULT_POLICY;
  return config[entry.field] === LONG_MAX ? WRITTEN_LONG_MAX : String(config[entry.field]);
}
