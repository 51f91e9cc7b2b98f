import { expect, it } from 'vitest';
import { inMetrics, topicNameProblem } from '../../../src/broker/log/topic-name.ts';

it.each(['a', '...', '.a', 'A.b_c-9', '-', 'x'.repeat(249)])('a topic may be called %s', (name) => {
  expect(topicNameProblem(name)).toBeNull();
});

it.each([
  ['', 'received "", expected letters'],
  ['.', 'received ".", expected another name'],
  ['..', 'received "..", expected another name'],
  ['x'.repeat(250), 'received 250 characters, expected at most 249'],
  ['a/b', 'received "a/b", expected letters'],
  ['a b', 'received "a b"'],
  ['ä', 'received "ä"'],
  ['a\n', 'received "a\\n"'],
  ['a\0', 'received "a\\u0000"'],
])('a topic can not be called %j', (name, message) => {
  expect(topicNameProblem(name)).toContain(message);
});

it('names that differ in dots and underscores alone are one in metrics', () => {
  expect(inMetrics('a.b.c')).toBe(inMetrics('a_b.c'));
  expect(inMetrics('a.b')).not.toBe(inMetrics('a-b'));
});
