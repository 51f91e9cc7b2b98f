import { describe, expect, it } from 'vitest';
import { compile, FieldTable, outputOf, periodOutputOf } from '../../../src/aggregator/core/plan.ts';
import type { Definition } from '../../../src/aggregator/definition/schema.ts';

const definition = (changes: Partial<Definition> = {}): Definition => ({
  name: 'd',
  group: { fields: ['b', 'a'] },
  aggregate: [{ field: 'n', operation: 'SUM' }],
  flush: { by: 'END_OF_STREAM' },
  ...changes,
});
const plan = (changes: Partial<Definition> = {}) => compile(definition(changes), 1, new FieldTable());

it.each([
  [{ field: 'sheets', operation: 'SUM' }, 'sum_sheets'],
  [{ field: 'sheets', operation: 'CARRY_LAST' }, 'carry_last_sheets'],
  [{ operation: 'COUNT' }, 'count'],
  [{ field: 'sheets', operation: 'COUNT' }, 'count_sheets'],
  [{ field: 'sheets', operation: 'SUM', as: 'total' }, 'total'],
] as const)('the output of %j is named %s', (row, name) => {
  expect(outputOf(row)).toBe(name);
});

it('the output of a period is named by it and its field', () => {
  expect(periodOutputOf({ field: 'time', period: 'MONTH' })).toBe('month_time');
});

describe('a grouping', () => {
  it('a grouping is the same in whatever order its fields and periods come, and of whatever else is aggregated', () => {
    const periods = [
      { field: 't', period: 'DAY' },
      { field: 't', period: 'MONTH' },
    ] as const;
    const one = plan({ group: { fields: ['b', 'a'], periods: [...periods] } });
    const other = plan({
      group: { fields: ['a', 'b'], periods: [...periods].reverse() },
      aggregate: [{ operation: 'COUNT' }],
    });
    expect(one.grouping).toBe(other.grouping);
  });

  it('a grouping differs by its fields, its periods, and which of both a name is', () => {
    const groups = [
      { fields: ['a'] },
      { fields: ['a', 'b'] },
      { fields: ['a,b'] },
      { fields: ['a'], periods: [{ field: 'b', period: 'DAY' as const }] },
      { fields: ['a'], periods: [{ field: 'b', period: 'YEAR' as const }] },
    ];
    expect(new Set(groups.map((group) => plan({ group }).grouping)).size).toBe(groups.length);
  });
});

it("a row has its columns in the definition's order, each with its place in the sorted grouping", () => {
  const periods = [
    { field: 't', period: 'MONTH' },
    { field: 't', period: 'DAY' },
  ] as const;
  const { columns, group, periods: planned } = plan({ group: { fields: ['b', 'a'], periods: [...periods] } });
  const names = columns.map(({ from, index }) =>
    from === 'group' ? group[index]?.field : planned[index]?.output,
  );
  expect(names).toEqual(['b', 'a', 'month_t', 'day_t']);
  expect(columns.map(({ name }) => name)).toEqual(names);
});

it('plans of one stream read the same cell for the same field', () => {
  const fields = new FieldTable();
  const [first, second] = [
    compile(definition(), 1, fields),
    compile(
      definition({ group: { fields: ['n', 'c'] }, aggregate: [{ field: 'a', operation: 'MAX' }] }),
      2,
      fields,
    ),
  ];
  expect(fields.names.toSorted()).toEqual(['a', 'b', 'c', 'n']);
  expect(first.aggregates[0]?.place).toBe(second.group.find(({ field }) => field === 'n')?.place);
  expect(second.aggregates[0]?.place).toBe(first.group.find(({ field }) => field === 'a')?.place);
});

it('only a timeout has due times: of the clock, or of a field', () => {
  expect(plan()).toMatchObject({
    timeout: undefined,
    duePlace: undefined,
    dueTimes: undefined,
    conditions: [],
  });
  const hourly = plan({ flush: { by: 'TIMEOUT', timeout: { type: 'HOUR', hours: 2 } } });
  expect([hourly.duePlace, hourly.dueTimes?.dueOf(0)]).toEqual([undefined, 2 * 3_600_000]);
  const fields = new FieldTable();
  const stamped = compile(
    definition({ flush: { by: 'TIMEOUT', timeout: { type: 'TIMESTAMP', field: 'until' } } }),
    1,
    fields,
  );
  expect([stamped.dueTimes, fields.names[stamped.duePlace ?? -1]]).toEqual([undefined, 'until']);
});
