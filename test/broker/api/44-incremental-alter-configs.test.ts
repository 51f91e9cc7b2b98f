import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { createTopic } from '../requests.ts';

const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3];

type Change = readonly [name: string, operation: number, value: string | null];

/** The error of changes to a topic that has the settings `before`, and its settings afterwards. */
async function altered(before: Readonly<Record<string, string>>, changes: readonly Change[]) {
  const broker = offlineBroker();
  await createTopic(broker, 't', { configs: Object.entries(before) });
  const answer = await broker.ask(44, 1, (w) =>
    w
      .structs(['t'], (topic) =>
        w
          .int8(2)
          .string(topic)
          .structs(changes, ([name, operation, value]) => w.string(name).int8(operation).string(value)),
      )
      .boolean(false),
  );
  answer.int32();
  const [error] = answer.structs(() => {
    const code = answer.int16();
    answer.nullableString();
    answer.int8();
    answer.string();
    return code;
  });
  return [error, broker.context.topics.get('t')?.overrides];
}

test.each<[string, Readonly<Record<string, string>>, Change, Readonly<Record<string, string>>]>([
  ['set', { 'segment.ms': '9' }, ['retention.ms', SET, '5'], { 'segment.ms': '9', 'retention.ms': '5' }],
  ['set again', { 'retention.ms': '4' }, ['retention.ms', SET, '5'], { 'retention.ms': '5' }],
  ['taken back, whatever its value', { 'retention.ms': '4' }, ['retention.ms', DELETE, null], {}],
  ['taken back where it was not set', {}, ['retention.ms', DELETE, 'x'], {}],
  ['added to the default', {}, ['cleanup.policy', APPEND, 'compact'], { 'cleanup.policy': 'delete,compact' }],
  [
    'added once',
    { 'cleanup.policy': 'compact' },
    ['cleanup.policy', APPEND, 'compact'],
    { 'cleanup.policy': 'compact' },
  ],
  [
    'taken out',
    { 'cleanup.policy': 'compact,delete' },
    ['cleanup.policy', SUBTRACT, 'delete'],
    { 'cleanup.policy': 'compact' },
  ],
])('a setting is %s', async (_, before, change, after) => {
  expect(await altered(before, [change])).toEqual([ErrorCode.NONE, after]);
});

test.each<[string, Change, ErrorCode]>([
  ['another operation', ['retention.ms', 4, '5'], ErrorCode.INVALID_CONFIG],
  ['a negative operation', ['retention.ms', -1, '5'], ErrorCode.INVALID_CONFIG],
  ['an addition to what is no list', ['retention.ms', APPEND, '5'], ErrorCode.INVALID_CONFIG],
  ['taking out all of a list', ['cleanup.policy', SUBTRACT, 'delete'], ErrorCode.INVALID_CONFIG],
  ['taking back what there is not', ['__proto__', DELETE, null], ErrorCode.INVALID_CONFIG],
  ['setting to null', ['retention.ms', SET, null], ErrorCode.INVALID_REQUEST],
])('%s is refused', async (_, change, error) => {
  expect(await altered({}, [['segment.ms', SET, '9'], change])).toEqual([error, {}]);
});
