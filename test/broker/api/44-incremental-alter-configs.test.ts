import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { APPEND, alterConfigs, DELETE, SET, type Setting, SUBTRACT, TOPIC_TYPE } from '../config-requests.ts';
import { offlineBroker } from '../offline-broker.ts';
import { createTopic } from '../requests.ts';

/** The error of a change to a topic that has the settings `before`, and its settings afterwards. */
async function altered(before: Readonly<Record<string, string>>, changes: readonly Setting[]) {
  const broker = offlineBroker();
  await createTopic(broker, 't', { configs: Object.entries(before) });
  const [result] = await alterConfigs(broker, 44, 1, [[TOPIC_TYPE, 't', changes]]);
  return [result?.error, broker.context.topics.get('t')?.overrides];
}

test.each<[string, Readonly<Record<string, string>>, Setting, Readonly<Record<string, string>>]>([
  ['set', { 'segment.ms': '9' }, ['retention.ms', '5', SET], { 'segment.ms': '9', 'retention.ms': '5' }],
  ['set again', { 'retention.ms': '4' }, ['retention.ms', '5', SET], { 'retention.ms': '5' }],
  ['taken back, whatever its value', { 'retention.ms': '4' }, ['retention.ms', null, DELETE], {}],
  ['taken back where it was not set', {}, ['retention.ms', 'x', DELETE], {}],
  ['added to the default', {}, ['cleanup.policy', 'compact', APPEND], { 'cleanup.policy': 'delete,compact' }],
  [
    'added once',
    { 'cleanup.policy': 'compact' },
    ['cleanup.policy', 'compact', APPEND],
    { 'cleanup.policy': 'compact' },
  ],
  [
    'taken out',
    { 'cleanup.policy': 'compact,delete' },
    ['cleanup.policy', 'delete', SUBTRACT],
    { 'cleanup.policy': 'compact' },
  ],
])('a setting is %s', async (_, before, change, after) => {
  expect(await altered(before, [change])).toEqual([ErrorCode.NONE, after]);
});

test.each<[string, Setting, ErrorCode]>([
  ['another operation', ['retention.ms', '5', 4], ErrorCode.INVALID_CONFIG],
  ['a negative operation', ['retention.ms', '5', -1], ErrorCode.INVALID_CONFIG],
  ['an addition to what is no list', ['retention.ms', '5', APPEND], ErrorCode.INVALID_CONFIG],
  ['taking out all of a list', ['cleanup.policy', 'delete', SUBTRACT], ErrorCode.INVALID_CONFIG],
  ['taking back what there is not', ['__proto__', null, DELETE], ErrorCode.INVALID_CONFIG],
  ['setting to null', ['retention.ms', null, SET], ErrorCode.INVALID_REQUEST],
])('%s is refused', async (_, change, error) => {
  expect(await altered({}, [['segment.ms', '9', SET], change])).toEqual([error, {}]);
});
