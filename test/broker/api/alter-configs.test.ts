// What AlterConfigs and IncrementalAlterConfigs have in common, asked by the first of them.

import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { alterConfigs, type Resource, TOPIC_TYPE } from '../config-requests.ts';
import { failing } from '../failing-disk.ts';
import { type OfflineBroker, offlineBroker } from '../offline-broker.ts';
import { createTopic } from '../requests.ts';

const alter = (broker: OfflineBroker, resources: readonly Resource[], validateOnly = false) =>
  alterConfigs(broker, 33, 2, resources, validateOnly);

async function withTopic() {
  const broker = offlineBroker();
  await createTopic(broker, 't', { configs: [['retention.ms', '5']] });
  return broker;
}
const overrides = ({ context }: OfflineBroker) => context.topics.get('t')?.overrides;

describe('settings of a topic', () => {
  it.each<[string, Resource, ErrorCode, string]>([
    [
      'of which one is wrong',
      [
        TOPIC_TYPE,
        't',
        [
          ['segment.ms', '9'],
          ['retention.ms', 'soon'],
        ],
      ],
      ErrorCode.INVALID_CONFIG,
      'retention.ms: received "soon"',
    ],
    [
      'that there is not',
      [TOPIC_TYPE, 't', [['retention.hours', '1']]],
      ErrorCode.INVALID_CONFIG,
      'retention.hours: unknown',
    ],
    [
      'named like what objects have',
      [TOPIC_TYPE, 't', [['__proto__', '1']]],
      ErrorCode.INVALID_CONFIG,
      '__proto__: unknown',
    ],
    [
      'without a value',
      [TOPIC_TYPE, 't', [['retention.ms', null]]],
      ErrorCode.INVALID_REQUEST,
      'received null',
    ],
    [
      'that come twice',
      [
        TOPIC_TYPE,
        't',
        [
          ['retention.ms', '1'],
          ['retention.ms', '1'],
        ],
      ],
      ErrorCode.INVALID_REQUEST,
      'received more than once',
    ],
    [
      'of a topic that there is not',
      [TOPIC_TYPE, 'u', []],
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      'there is no such topic',
    ],
    ['of something else', [4, '0', []], ErrorCode.INVALID_REQUEST, 'received resource type 4, expected 2'],
  ])('settings of a topic %s are refused, and all stay as they were', async (_, asked, error, message) => {
    const broker = await withTopic();
    const [type, name] = asked;
    const told = { error, message: expect.stringContaining(message), type, name };
    expect(await alter(broker, [asked])).toEqual([told]);
    expect(overrides(broker)).toEqual({ 'retention.ms': '5' });
  });

  it('settings of a topic replace those that the topic had', async () => {
    const broker = await withTopic();
    expect(await alter(broker, [[TOPIC_TYPE, 't', [['segment.ms', '9']]]])).toMatchObject([
      { error: 0, message: null },
    ]);
    expect(overrides(broker)).toEqual({ 'segment.ms': '9' });
    expect(broker.context.topics.partition('t', 0)?.config.segmentMs).toBe(9);
  });

  it('settings of a topic are checked alone where that is asked for', async () => {
    const broker = await withTopic();
    expect(await alter(broker, [[TOPIC_TYPE, 't', []]], true)).toMatchObject([{ error: ErrorCode.NONE }]);
    expect(overrides(broker)).toEqual({ 'retention.ms': '5' });
  });

  it('settings of a topic stay where their topic comes twice, and where the disk refuses them', async () => {
    const broker = await withTopic();
    const twice = await alter(broker, [
      [TOPIC_TYPE, 't', []],
      [TOPIC_TYPE, 't', []],
    ]);
    expect(twice.map(({ error }) => error)).toEqual(Array(2).fill(ErrorCode.INVALID_REQUEST));
    let altering: Promise<unknown> | undefined;
    failing(['writeSync'], () => {
      altering = alter(broker, [[TOPIC_TYPE, 't', []]]);
    });
    expect(await altering).toMatchObject([{ error: ErrorCode.KAFKA_STORAGE_ERROR }]);
    expect(overrides(broker)).toEqual({ 'retention.ms': '5' });
  });

  it('settings of a topic are quoted in a message of a thousand characters at most', async () => {
    const [told] = await alter(await withTopic(), [
      [TOPIC_TYPE, 't', [['retention.ms', 'x'.repeat(30_000)]]],
    ]);
    expect(told?.message).toHaveLength(1_000);
  });
});
