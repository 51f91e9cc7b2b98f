// The settings that a topic can have of its own, under Apache Kafka's names. One list drives parsing, defaults
// and DescribeConfigs. A setting that would promise what this broker does not do (compaction, replication,
// LogAppendTime) is refused with a message, never accepted and ignored.

import type { Settings } from '../options.ts';

export type TopicConfig = {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly maxMessageBytes: number;
};

/** What a client has set on a topic, by Kafka's names. */
export type ConfigOverrides = Readonly<Record<string, string>>;

type NumberEntry = {
  readonly kind: 'number';
  readonly name: string;
  readonly field: keyof TopicConfig;
  readonly type: 'INT' | 'LONG';
  readonly lowest: number;
  readonly highest: number;
};

type FixedEntry = {
  readonly kind: 'fixed';
  readonly name: string;
  readonly value: string;
  readonly type: 'INT' | 'STRING' | 'LIST' | 'BOOLEAN' | 'LONG';
};

const INT_MAX = 2 ** 31 - 1;
const LONG_MAX = Number.MAX_SAFE_INTEGER;

const ENTRIES: readonly (NumberEntry | FixedEntry)[] = [
  {
    kind: 'number',
    name: 'max.message.bytes',
    field: 'maxMessageBytes',
    type: 'INT',
    lowest: 0,
    highest: INT_MAX,
  },
  {
    kind: 'number',
    name: 'retention.bytes',
    field: 'retentionBytes',
    type: 'LONG',
    lowest: -1,
    highest: LONG_MAX,
  },
  { kind: 'number', name: 'retention.ms', field: 'retentionMs', type: 'LONG', lowest: -1, highest: LONG_MAX },
  {
    kind: 'number',
    name: 'segment.bytes',
    field: 'segmentBytes',
    type: 'INT',
    lowest: 1024,
    highest: INT_MAX,
  },
  { kind: 'number', name: 'segment.ms', field: 'segmentMs', type: 'LONG', lowest: 1, highest: LONG_MAX },
  { kind: 'fixed', name: 'cleanup.policy', value: 'delete', type: 'LIST' },
  { kind: 'fixed', name: 'compression.type', value: 'producer', type: 'STRING' },
  { kind: 'fixed', name: 'message.timestamp.type', value: 'CreateTime', type: 'STRING' },
  { kind: 'fixed', name: 'min.insync.replicas', value: '1', type: 'INT' },
];

/** The topic's settings: what was set on it, and the broker's for the rest. `overrides` were checked. */
export function topicConfig(overrides: ConfigOverrides, defaults: Settings): TopicConfig {
  const pick = (name: string, otherwise: number) => Number(overrides[name] ?? otherwise);
  return {
    maxMessageBytes: pick('max.message.bytes', defaults.maxMessageBytes),
    retentionBytes: pick('retention.bytes', defaults.retentionBytes),
    retentionMs: pick('retention.ms', defaults.retentionMs),
    segmentBytes: pick('segment.bytes', defaults.segmentBytes),
    segmentMs: pick('segment.ms', defaults.segmentMs),
  };
}

/** Why `name` cannot be set to `value`; null if it can. */
export function configProblem(name: string, value: string | null): string | null {
  const entry = ENTRIES.find((e) => e.name === name);
  if (entry === undefined) return `${name}: unknown or not supported by this broker`;
  const received = `${name}: received ${JSON.stringify(value)}`;
  if (entry.kind === 'fixed') {
    return value === entry.value ? null : `${received}, this broker only does ${JSON.stringify(entry.value)}`;
  }
  const number = value === null || !/^-?\d+$/.test(value) ? Number.NaN : Number(value);
  const fits = number >= entry.lowest && number <= entry.highest;
  return fits ? null : `${received}, expected an integer from ${entry.lowest} to ${entry.highest}`;
}

export type ConfigEntry = {
  readonly name: string;
  readonly value: string;
  readonly type: 'INT' | 'STRING' | 'LIST' | 'BOOLEAN' | 'LONG';
  readonly isDefault: boolean;
  readonly readOnly: boolean;
};

/** Every setting with the value in force, for DescribeConfigs. */
export function describeTopicConfig(config: TopicConfig, overrides: ConfigOverrides): ConfigEntry[] {
  return ENTRIES.map((entry) => ({
    name: entry.name,
    value: entry.kind === 'fixed' ? entry.value : String(config[entry.field]),
    type: entry.type,
    isDefault: overrides[entry.name] === undefined,
    readOnly: entry.kind === 'fixed',
  }));
}
