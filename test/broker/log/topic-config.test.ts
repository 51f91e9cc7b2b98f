// The settings of a topic: accepted values, refusals with their messages, and effective values.

import { describe, expect, it } from 'vitest';
import { configProblem, describeTopicConfig, topicConfig } from '../../../src/broker/log/topic-config.ts';
import { parseOptions } from '../../../src/broker/options.ts';

const DEFAULTS = parseOptions({ dataDir: '/nowhere', retentionMs: 5_000 });

describe('a value for a setting', () => {
  it.each([
    ['retention.ms', '-1'],
    ['retention.ms', '0'],
    ['min.cleanable.dirty.ratio', '0.25'],
    ['min.cleanable.dirty.ratio', '1'],
    ['cleanup.policy', 'compact'],
    ['cleanup.policy', 'delete, compact'],
    ['message.timestamp.type', 'LogAppendTime'],
    ['compression.type', 'producer'],
  ])('a value for a setting is taken: %s=%s', (name, value) => {
    expect(configProblem(name, value)).toBeNull();
  });

  it.each([
    ['retention.ms', '-2', 'received "-2", expected an integer from -1 to 9223372036854775807'],
    ['retention.ms', '1.5', 'received "1.5", expected an integer'],
    ['retention.ms', '', 'received "", expected an integer'],
    ['retention.ms', ' 1', 'received " 1", expected an integer'],
    ['retention.ms', null, 'received null, expected an integer'],
    ['retention.ms', '99999999999999999999', 'expected an integer'],
    ['segment.bytes', '1023', 'received "1023", expected an integer from 1024 to 2147483647'],
    ['min.cleanable.dirty.ratio', '1.1', 'received "1.1", expected a number from 0 to 1'],
    ['min.cleanable.dirty.ratio', '-0.1', 'expected a number from 0 to 1'],
    ['cleanup.policy', 'compact,compact', 'expected delete, compact or both'],
    ['cleanup.policy', '', 'expected delete, compact or both'],
    ['message.timestamp.type', 'createtime', 'expected CreateTime or LogAppendTime'],
    ['compression.type', 'zstd', 'received "zstd", this broker only supports "producer"'],
    ['min.insync.replicas', '2', 'received "2", this broker only supports "1"'],
    ['remote.storage.enable', 'true', 'this broker only supports "false"'],
    ['remote.log.copy.disable', 'true', 'unknown or not supported by this broker'],
  ])('a value for a setting is refused with what came and what was expected: %s=%s', (name, value, words) => {
    expect(configProblem(name, value)).toContain(`${name}: `);
    expect(configProblem(name, value)).toContain(words);
  });
});

describe('the settings of a topic', () => {
  it('the settings of a topic are the broker’s where the topic has none of its own', () => {
    expect(topicConfig({}, DEFAULTS)).toMatchObject({
      retentionMs: 5_000,
      segmentBytes: DEFAULTS.segmentBytes,
      isCompacted: false,
      isDeleted: true,
      isAppendTimed: false,
      minCleanableDirtyRatio: 0.5,
      minCompactionLagMs: 0,
      deleteRetentionMs: 86_400_000,
    });
  });

  it('the settings of a topic are the topic’s own before the broker’s', () => {
    const overrides = {
      'cleanup.policy': 'compact, delete',
      'retention.ms': '-1',
      'min.cleanable.dirty.ratio': '0',
      'message.timestamp.type': 'LogAppendTime',
    };
    expect(topicConfig(overrides, DEFAULTS)).toMatchObject({
      isCompacted: true,
      isDeleted: true,
      retentionMs: -1,
      minCleanableDirtyRatio: 0,
      isAppendTimed: true,
    });
  });

  it('the settings of a topic take the highest number of Kafka, and tell it as it was written', () => {
    const highest = '9223372036854775807';
    expect(configProblem('retention.ms', highest)).toBeNull();
    expect(configProblem('retention.ms', '9223372036854778000')).toContain(highest);
    const described = describeTopicConfig({ 'retention.ms': highest }, DEFAULTS);
    expect(described.find(({ name }) => name === 'retention.ms')?.value).toBe(highest);
    expect(described.find(({ name }) => name === 'max.compaction.lag.ms')?.value).toBe(highest);
  });

  it('every described setting can be set again, and says where it comes from', () => {
    const overrides = { 'cleanup.policy': 'compact', 'segment.ms': '7' };
    const described = describeTopicConfig(overrides, DEFAULTS);
    for (const { name, value } of described) expect(configProblem(name, value)).toBeNull();
    expect(described.filter(({ isDefault }) => !isDefault).map(({ name, value }) => [name, value])).toEqual([
      ['cleanup.policy', 'compact'],
      ['segment.ms', '7'],
    ]);
    expect(described.find(({ name }) => name === 'retention.ms')).toMatchObject({
      value: '5000',
      type: 'LONG',
      readOnly: false,
    });
    expect(described.find(({ name }) => name === 'compression.type')?.readOnly).toBe(true);
    expect(described.find(({ name }) => name === 'segment.ms')?.synonyms).toEqual([
      { name: 'segment.ms', value: '7', isDefault: false },
      { name: 'log.roll.ms', value: String(DEFAULTS.segmentMs), isDefault: true },
    ]);
  });
});
