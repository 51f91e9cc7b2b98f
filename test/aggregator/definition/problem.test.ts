import { expect, it } from 'vitest';
import { DefinitionError, toPointer } from '../../../src/aggregator/definition/problem.ts';

it.each([
  [[], ''],
  [['flush', 'timeout', 'hours'], '/flush/timeout/hours'],
  [['aggregate', 0], '/aggregate/0'],
  [['a/b', '~', '~1', ''], '/a~1b/~0/~01/'],
])('the pointer of %j is %j, as RFC 6901 has it', (path, pointer) => {
  expect(toPointer(path)).toBe(pointer);
});

it('an error says each problem on a line, with its place and what was probably meant', () => {
  const problem = { line: undefined, column: undefined, message: 'received 0', suggestion: undefined };
  const error = new DefinitionError(
    [
      { ...problem, pointer: '/aggregate/0/operation', line: 5, column: 7, suggestion: 'SUM' },
      { ...problem, pointer: '', line: 1, column: 1 },
      { ...problem, pointer: '/name' },
    ],
    'file.yaml',
  );
  expect(error.message.split('\n')).toEqual([
    'file.yaml:5:7 /aggregate/0/operation: received 0 (did you mean SUM?)',
    'file.yaml:1:1 received 0',
    'file.yaml /name: received 0',
  ]);
});
