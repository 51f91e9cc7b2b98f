import { describe, expect, it } from 'vitest';
import { checkDefinition, inputFields } from '../../../src/aggregator/definition/check.ts';
import type { Definition } from '../../../src/aggregator/definition/schema.ts';

type Timeout = Extract<Definition['flush'], { by: 'TIMEOUT' }>;
type Condition = NonNullable<Timeout['conditions']>[number];

const definition = (changes: Partial<Definition> = {}): Definition => ({
  name: 'd',
  group: { fields: ['a'] },
  aggregate: [{ field: 'n', operation: 'SUM' }],
  flush: { by: 'TIMEOUT', timeout: { type: 'HOUR', hours: 1 } },
  ...changes,
});
const withConditions = (...conditions: Partial<Condition>[]) =>
  definition({
    flush: {
      by: 'TIMEOUT',
      timeout: { type: 'TIMESTAMP', field: 'until' },
      conditions: conditions.map((one) => ({ name: 'c', value: 1, ...one })),
    },
  });
const found = (changes: Partial<Definition>, realTime?: boolean) =>
  checkDefinition(definition(changes), realTime).map(({ path, message }) => `${path.join('.')}: ${message}`);
const ofCondition = (condition: Partial<Condition>) =>
  checkDefinition(withConditions(condition)).map(
    ({ path, message }) => `${path.slice(3).join('.')}: ${message}`,
  );

it('a definition names a field, a period and an output once each', () => {
  const periods = [
    { field: 't', period: 'DAY' },
    { field: 't', period: 'MONTH' },
    { field: 't', period: 'DAY' },
  ] as const;
  expect(found({ group: { fields: ['a', 'b', 'a'], periods: [...periods] } })).toEqual([
    'group.fields.2: received a twice, expected it once',
    'group.periods.2: received day_t twice, expected it once',
  ]);
});

it.each([
  [{ field: 'n', operation: 'SUM', as: 'a' }, 'aggregate.1.as: the output name a is taken by a group field'],
  [
    { field: 'n', operation: 'SUM', as: 'day_t' },
    'aggregate.1.as: the output name day_t is taken by a period',
  ],
  [
    { field: 'n', operation: 'SUM', as: 'meta' },
    'aggregate.1.as: the output name meta is taken by the meta of every row',
  ],
  [{ field: 'n', operation: 'SUM' }, 'aggregate.1: the output name sum_n is taken by another output'],
] as const)('the output of %j is taken', (row, problem) => {
  const group = { fields: ['a'], periods: [{ field: 't', period: 'DAY' as const }] };
  expect(found({ group, aggregate: [{ field: 'n', operation: 'SUM' }, row] })).toEqual([problem]);
});

it('a group field has a column of its own, besides the meta of every row and the starts of periods', () => {
  const periods = [{ field: 't', period: 'DAY' as const }];
  expect(found({ group: { fields: ['meta', 'day_t', 'a'], periods } })).toEqual([
    'group.fields.0: the field name meta is taken by the meta of every row',
    'group.periods.0: the column name day_t is taken by a group field',
  ]);
});

it('only a count needs no field', () => {
  expect(found({ aggregate: [{ operation: 'COUNT' }, { operation: 'SUM' }] })).toEqual([
    'aggregate.1.field: SUM needs a field',
  ]);
});

it('a stream without an end is flushed by a timeout, named in the definition or by who runs it', () => {
  const expected = ["flush.by: END_OF_STREAM doesn't apply to a real-time stream, expected TIMEOUT"];
  expect(found({ flush: { by: 'END_OF_STREAM' } })).toEqual([]);
  expect(found({ flush: { by: 'END_OF_STREAM' } }, true)).toEqual(expected);
  expect(found({ flush: { by: 'END_OF_STREAM' }, topic: 'clicks' })).toEqual(expected);
  expect(found({ flush: { by: 'END_OF_STREAM' }, topic: 'clicks' }, false)).toEqual([]);
});

it('text that PostgreSQL could not keep is told by its place, but for what is not kept', () => {
  expect(found({ group: { fields: ['a\0'] } })).toEqual([
    'group.fields.0: received "a\\u0000", expected text without NUL and in whole Unicode',
  ]);
  expect(found({ tests: [{ name: 'x', steps: [{ records: [{ a: '\0' }] }] }] })).toEqual([]);
});

describe('a condition', () => {
  it.each<[Partial<Condition>, string | undefined]>([
    [{ field: 'a', operator: '=' }, undefined],
    [{ aggregate: 'sum_n', operator: '>=' }, undefined],
    [{ field: 'a', type: 'text', operator: 'contains' }, undefined],
    [{ field: 'a', type: 'boolean', value: 'true' }, undefined],
    [{ field: 'a', operator: '=', value: '1e3' }, undefined],
    [{ operator: '=' }, ': expected either field (an input field) or aggregate (an output)'],
    [
      { field: 'a', aggregate: 'sum_n', operator: '=' },
      ': expected either field (an input field) or aggregate (an output)',
    ],
    [{ aggregate: 'sum', operator: '=' }, 'aggregate: received sum, expected an output: sum_n'],
    [{ aggregate: 'sum_n', type: 'text', operator: 'equals' }, 'type: an aggregated field is numerical'],
    [
      { field: 'a', type: 'boolean', operator: '=', value: true },
      'operator: a boolean condition has no operator',
    ],
    [{ field: 'a', type: 'boolean', value: 'yes' }, 'value: expected true or false'],
    [{ field: 'a' }, 'operator: received none, expected one of = != < <= > >='],
    [{ field: 'a', operator: 'contains' }, 'operator: received contains, expected one of = != < <= > >='],
    [
      { field: 'a', type: 'text', operator: '<' },
      'operator: received <, expected one of equals not_equals contains',
    ],
    [{ field: 'a', operator: '=', value: 'ten' }, 'value: received "ten", expected a number'],
    [{ field: 'a', operator: '=', value: true }, 'value: received true, expected a number'],
  ])('a condition that is %j is told: %s', (condition, problem) => {
    expect(ofCondition(condition)).toEqual(problem === undefined ? [] : [problem]);
  });
});

it('a definition reads each field that it groups by, aggregates, waits for or compares, once', () => {
  const compared = withConditions({ field: 'c' }, { field: 'n' }, { aggregate: 'sum_n' });
  expect(
    inputFields({
      ...compared,
      group: { fields: ['b', 'a'], periods: [{ field: 't', period: 'DAY' }] },
      aggregate: [
        { field: 'n', operation: 'SUM' },
        { operation: 'COUNT' },
        { field: 'a', operation: 'CARRY_LAST' },
      ],
    }),
  ).toEqual(['b', 'a', 't', 'n', 'until', 'c']);
});
