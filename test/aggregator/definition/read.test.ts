// What is wrong with a definition is told with its place, and with what was probably meant.

import { describe, expect, it } from 'vitest';
import { DefinitionError, type Problem } from '../../../src/aggregator/definition/problem.ts';
import { checkValue, readDefinition } from '../../../src/aggregator/definition/read.ts';

const GOOD = `name: print-shop
group:
  fields: [subscriber]
aggregate:
  - { field: sheets, operation: SUM }
flush:
  by: TIMEOUT
  timeout: { type: MONTH, day: 10, time: '00:00', zone: UTC }
  conditions:
    - { name: limit, aggregate: sum_sheets, operator: '>=', value: 70 }
`;

function problemsOf(text: string, realTime?: boolean): readonly Problem[] {
  try {
    readDefinition(text, 'file.yaml', realTime);
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) return error.problems;
    throw error;
  }
}
const changed = (from: string, to: string) => {
  expect(GOOD).toContain(from);
  return problemsOf(GOOD.replace(from, to));
};

describe('a definition', () => {
  it('a definition without a fault is read', () => expect(problemsOf(GOOD)).toEqual([]));

  it.each([
    ['9007199254740993', '9007199254740993'],
    ['0.12345678901234567890', '0.12345678901234567890'],
    ['1.50', '1.50'],
    ['1e2', '1e2'],
    ['70', 70],
  ])('a condition’s value keeps all its digits: %s', (written, value) => {
    const { flush } = readDefinition(GOOD.replace('value: 70', `value: ${written}`));
    expect(flush).toMatchObject({ conditions: [{ value }] });
  });

  it.each(['.inf', '0x10', '1e999999999'])(
    'a condition’s value that is no number is told as it came: %s',
    (written) => {
      expect(changed('value: 70', `value: ${written}`)).toMatchObject([
        { pointer: '/flush/conditions/0/value', message: `received "${written}", expected a number` },
      ]);
    },
  );

  it('a definition that is nested deeper than there is stack is refused', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    for (const value of [deep, { name: deep }]) expect(() => checkValue(value)).toThrow(DefinitionError);
  });

  it("text that PostgreSQL can't keep is refused anywhere in a definition", () => {
    const [nul] = changed('name: limit', 'name: "a\\u0000b"');
    expect(nul).toMatchObject({ pointer: '/flush/conditions/0/name', line: 10 });
    expect(nul?.message).toContain('received "a\\u0000b", expected text without NUL');
    expect(changed('[subscriber]', '["a\\ud800"]')[0]).toMatchObject({ pointer: '/group/fields/0' });
    expect(changed('name: limit', 'name: "😀"')).toEqual([]);
  });

  it('a definition without group fields is told that one is needed, as the manual says', () => {
    const [problem] = changed('[subscriber]', '[]');
    expect(problem).toMatchObject({ pointer: '/group/fields', line: 3, column: 11 });
    expect(problem?.message).toContain('at least one field');
  });

  it.each([
    ['', 'received null, expected name, group, aggregate and flush'],
    ['hello', 'received "hello", expected name, group, aggregate and flush'],
    [`${GOOD}---\n${GOOD}`, 'received a second document, expected one definition'],
    [`${GOOD}tests: ${'['.repeat(9_000)}`, 'received lists or objects within each other by the hundred'],
    ['{"name": "a", "group": {}, "group": {}}', 'received "group" twice, expected it once'],
    [GOOD.replace('  fields', '\tfields'), 'Tabs are not allowed as indentation'],
    [`${GOOD}name: other`, 'received name twice, expected it once'],
    ['a: 1\n'.repeat(100_000), 'received 500000 characters, expected at most 262144'],
  ])('of a text that is no definition it is said what is wrong', (text, message) => {
    expect(problemsOf(text).map((problem) => problem.message)).toContain(message);
  });

  it('a definition may have a byte order mark and CRLF, but no chain of aliases without end', () => {
    expect(problemsOf(`\ufeff${GOOD.replaceAll('\n', '\r\n')}`)).toEqual([]);
    const bomb = Array.from({ length: 9 }, (_, at) => `b${at + 1}: &b${at + 1} [${`*b${at},`.repeat(9)}]`);
    const [problem] = problemsOf(['b0: &b0 [x]', ...bomb, `name: *b9`].join('\n'));
    expect(problem?.message).toContain('Excessive alias count');
  });

  it.each([
    [
      'aggregate:\n',
      `aggregate:\n${'  - { operation: COUNT, field: a }\n'.repeat(50)}`,
      'at most 50 aggregates',
    ],
    ['[subscriber]', `[${Array.from({ length: 21 }, (_, at) => `f${at}`)}]`, 'at most 20 fields'],
    ['[subscriber]', `[${'f'.repeat(201)}]`, 'a name of at most 200 characters'],
    [
      "{ type: MONTH, day: 10, time: '00:00', zone: UTC }",
      '{ type: HOUR, hours: 8785 }',
      'at most 8,784 hours',
    ],
    ['name: limit', `name: ${'n'.repeat(101)}`, 'a name of at most 100 characters'],
  ])('a definition with too many or too long parts is told how many there may be', (from, to, expected) => {
    expect(changed(from, to)[0]?.message).toContain(`expected ${expected}`);
  });

  it('a misspelt name is told with its place, and what was meant', () => {
    expect(changed('fields:', 'feilds:')).toContainEqual(
      expect.objectContaining({ pointer: '/group/feilds', line: 3, column: 3, suggestion: 'fields' }),
    );
    expect(changed('SUM', 'SUMM')).toEqual([
      expect.objectContaining({ pointer: '/aggregate/0/operation', line: 5, suggestion: 'SUM' }),
    ]);
  });

  it.each([
    ['Europe/Berlim', 'Europe/Berlin'],
    ['america/new_yrok', 'America/New_York'],
    ['Berlin', 'Europe/Berlin'],
    ['Mars/Olympus_Mons', undefined],
  ])('for the time zone %s, %s is suggested', (zone, suggestion) => {
    expect(changed('zone: UTC', `zone: ${zone}`)).toEqual([
      expect.objectContaining({ pointer: '/flush/timeout/zone', suggestion }),
    ]);
  });

  it.each([
    [
      'hours that are not whole',
      "{ type: MONTH, day: 10, time: '00:00', zone: UTC }",
      '{ type: HOUR, hours: 1.5 }',
      '/flush/timeout/hours',
    ],
    [
      'no hours',
      "{ type: MONTH, day: 10, time: '00:00', zone: UTC }",
      '{ type: HOUR, hours: 0 }',
      '/flush/timeout/hours',
    ],
    ['a time past 23:59', "'00:00'", "'24:00'", '/flush/timeout/time'],
    ['an unknown zone', 'zone: UTC', 'zone: Europe/Berlim', '/flush/timeout/zone'],
    ['a day past 31', 'day: 10', 'day: 32', '/flush/timeout/day'],
    ['a condition on an unknown output', 'sum_sheets', 'sum_sheet', '/flush/conditions/0/aggregate'],
    ['an output that is a group field', 'SUM }', 'SUM, as: subscriber }', '/aggregate/0/as'],
    ['a number condition with text', 'value: 70', 'value: many', '/flush/conditions/0/value'],
  ])('a definition with %s is told so at its place', (_what, from, to, pointer) => {
    expect(changed(from, to)).toContainEqual(expect.objectContaining({ pointer, line: expect.any(Number) }));
  });

  it('conditions without a TIMEOUT are refused', () => {
    const text = GOOD.replace('by: TIMEOUT', 'by: END_OF_STREAM').replace(/ {2}timeout: .*\n/, '');
    expect(problemsOf(text)).toEqual([expect.objectContaining({ pointer: '/flush/conditions', line: 8 })]);
  });

  it('an output name that comes twice is told at its second place', () => {
    const twice = GOOD.replace('SUM }\n', 'SUM }\n  - { field: sheets, operation: SUM }\n');
    expect(problemsOf(twice)).toEqual([expect.objectContaining({ pointer: '/aggregate/1' })]);
  });

  it('a definition that flushes at the end of something is refused for a topic', () => {
    const text = `${GOOD.slice(0, GOOD.indexOf('flush:'))}flush: { by: END_OF_TRANSACTION }\n`;
    expect(problemsOf(text)).toEqual([]);
    expect(problemsOf(text, true)).toEqual([expect.objectContaining({ pointer: '/flush/by', line: 6 })]);
    expect(problemsOf(`topic: ecommerce\n${text}`)).toEqual([
      expect.objectContaining({ pointer: '/flush/by' }),
    ]);
  });

  it('text that is no YAML is told with its line', () => {
    expect(problemsOf('name: [')).toEqual([expect.objectContaining({ line: 1 })]);
    expect(problemsOf('')).not.toEqual([]);
    expect(problemsOf('a: &a [*a]')).not.toEqual([]);
  });

  it('a definition may be JSON, too', () => {
    const json = JSON.stringify({
      name: 'x',
      group: { fields: ['a'] },
      aggregate: [{ operation: 'count' }],
      flush: { by: 'END_OF_STREAM' },
    });
    expect(problemsOf(json)).toEqual([]);
  });
});
