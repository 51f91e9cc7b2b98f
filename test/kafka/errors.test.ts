import { describe, expect, it } from 'vitest';
import { isBadTimestamp, isTooLarge, isUnknownTopic, KafkaError, reasonOf } from '../../src/kafka/errors.ts';

/** As kafkajs has them: a protocol error has its name in `type`. */
const protocol = (type: string, message: string) => Object.assign(new Error(message), { type });
const wrapped = (cause: unknown) => new Error('Failed after 5 retries', { cause });

describe('the reason of an error', () => {
  it.each([
    [protocol('NOT_LEADER', 'no leader here'), 'NOT_LEADER: no leader here'],
    [wrapped(wrapped(protocol('NOT_LEADER', 'no leader here'))), 'NOT_LEADER: no leader here'],
    [wrapped('a text'), 'Failed after 5 retries'],
    [new KafkaError('CLOSED', 'the publisher is closed'), 'the publisher is closed'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
  ])('the reason of an error: %s is %s', (error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});

it.each([
  [protocol('MESSAGE_TOO_LARGE', ''), true],
  [protocol('RECORD_LIST_TOO_LARGE', ''), true],
  [wrapped(wrapped(protocol('MESSAGE_TOO_LARGE', ''))), true],
  [wrapped(protocol('REQUEST_TIMED_OUT', '')), false],
  [new Error('MESSAGE_TOO_LARGE'), false],
  [{ type: 'MESSAGE_TOO_LARGE' }, false],
  [undefined, false],
])('%s was refused for its size: %j', (error, expected) => {
  expect(isTooLarge(error)).toBe(expected);
});

it('what Kafka says of a topic and of a time is found in the error that wraps it', () => {
  const errors = ['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TIMESTAMP'].map((type) =>
    wrapped(protocol(type, '')),
  );
  expect(errors.map(isUnknownTopic)).toEqual([true, false]);
  expect(errors.map(isBadTimestamp)).toEqual([false, true]);
});
