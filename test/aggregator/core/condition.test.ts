import { describe, expect, it } from 'vitest';
import { type Cell, Digits, Structure } from '../../../src/aggregator/core/cell.ts';
import { metCondition } from '../../../src/aggregator/core/condition.ts';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { newState, step } from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';

type Condition = { readonly [name: string]: string | number | boolean };

/** A session of records with these values of `v`, and what the last of them meets. */
function met(conditions: readonly Condition[], ...values: readonly Cell[]): string | undefined {
  const fields = new FieldTable();
  const [group, v] = [fields.placeOf('g'), fields.placeOf('v')];
  const plan = compile(
    checkValue({
      name: 'd',
      group: { fields: ['g'] },
      aggregate: [
        { operation: 'COUNT' },
        { field: 'v', operation: 'CARRY_LAST', as: 'last' },
        ...(values.every((value) => typeof value === 'number')
          ? [
              { field: 'v', operation: 'SUM' },
              { field: 'v', operation: 'AVERAGE' },
            ]
          : []),
      ],
      flush: {
        by: 'TIMEOUT',
        timeout: { type: 'HOUR', hours: 1 },
        conditions: conditions.map((one, index) => ({ name: String(index), ...one })),
      },
    }),
    1,
    fields,
  );
  const state = newState({ ...plan, conditions: [] }, 'batch');
  let cells: Cell[] = [];
  for (const [position, value] of values.entries()) {
    cells = [];
    cells[group] = 'x';
    cells[v] = value;
    expect(step(state, { cells, source: 's', position, at: 0 }, 0)).toEqual({ flushed: [] });
  }
  const [session] = state.open;
  if (session === undefined) throw new Error('no session was opened');
  return metCondition(Object.assign(session, { plan }), cells);
}

describe('a numerical condition', () => {
  it.each([
    ['=', 70, ['70', '70.0', 70, '7e1'], ['69.99', 'x', '', null, undefined, true]],
    ['!=', 70, ['71', 69], ['70.0', 'x', '', null, undefined, true]],
    ['<', 70, ['69.999999999999999999', -1], ['70', 71]],
    ['<=', 70, ['70', 69], ['70.000000000000000001']],
    ['>', 70, ['70.000000000000000001', 71], ['70', 69]],
    ['>=', 70, ['70', 71], ['69.999999999999999999', null]],
    ['=', '9007199254740993', [new Digits('9007199254740993')], [new Digits('9007199254740992')]],
  ] as const)(
    'the condition %s %s is met by numbers alone, with all their digits',
    (operator, value, meeting, missing) => {
      const conditions = [{ field: 'v', operator, value }];
      expect(meeting.filter((cell) => met(conditions, cell) !== '0')).toEqual([]);
      expect(missing.filter((cell) => met(conditions, cell) !== undefined)).toEqual([]);
    },
  );
});

describe('a condition on text', () => {
  it.each([
    ['equals', 'Red', ['Red'], ['red', 'Red ', '', null, undefined, true]],
    ['not_equals', 'Red', ['red', ''], ['Red', null, undefined, 7, true]],
    ['contains', 'ed', ['Red', 'ed'], ['RED', 'e d', null, undefined, new Structure('["ed"]')]],
    ['equals', '7', ['7'], [7]],
  ] as const)(
    'the condition %s %s is case-sensitive, and never met by what is no text',
    (operator, value, meeting, missing) => {
      const conditions = [{ field: 'v', type: 'text', operator, value }];
      expect(meeting.filter((cell) => met(conditions, cell) !== '0')).toEqual([]);
      expect(missing.filter((cell) => met(conditions, cell) !== undefined)).toEqual([]);
    },
  );
});

it('a boolean condition is met by the value and by its name as text', () => {
  const isFalse = [{ field: 'v', type: 'boolean', value: 'false' }];
  expect([false, 'false'].map((cell) => met(isFalse, cell))).toEqual(['0', '0']);
  expect([true, 'FALSE', '', 0, null, undefined].map((cell) => met(isFalse, cell))).toEqual(
    Array(6).fill(undefined),
  );
});

describe('a condition on an output', () => {
  const on = (aggregate: string, operator: string, value: string | number) => [
    { aggregate, operator, value },
  ];

  it('a condition on the count or the sum counts the record that came', () => {
    expect(met(on('count', '=', 2), 5, 5)).toBe('0');
    expect(met(on('sum_v', '>=', 10), 5, 5)).toBe('0');
    expect(met(on('sum_v', '>', 10), 5, 5)).toBeUndefined();
  });

  it('a condition on a mean compares it exactly, where its digits have no end', () => {
    expect(met(on('average_v', '<', '0.3333333333333333333333333333'), 1, 0, 0)).toBeUndefined();
    expect(met(on('average_v', '>', '0.3333333333333333333333333333'), 1, 0, 0)).toBe('0');
    expect(met(on('average_v', '=', 0.5), 1, 0)).toBe('0');
  });

  it('a condition on a carried text compares it where it is a number, and is not met where it is none', () => {
    expect(met(on('last', '>=', 7), '6', '7.0')).toBe('0');
    expect(met(on('last', '!=', 7), '6', 'x')).toBeUndefined();
  });
});

it('of several conditions the first that is met names the flush', () => {
  const conditions = [
    { field: 'v', operator: '>', value: 100 },
    { field: 'v', operator: '>', value: 10 },
    { field: 'v', operator: '>', value: 1 },
  ];
  expect(met(conditions, 50)).toBe('1');
});
