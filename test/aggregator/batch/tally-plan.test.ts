import { expect, it } from 'vitest';
import { tallyPlanOf } from '../../../src/aggregator/batch/tally-plan.ts';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';

/** The plan of a definition, with names in the place of places. */
function planOf(aggregate: readonly object[], flush: object = { by: 'END_OF_STREAM' }) {
  const fields = new FieldTable();
  const definition = checkValue({
    name: 'd',
    group: { fields: ['b', 'a'], periods: [{ field: 't', period: 'DAY' }] },
    aggregate,
    flush,
  });
  const plan = tallyPlanOf(compile(definition, 1, fields));
  if (plan === undefined) return undefined;
  const nameOf = (place: number) => fields.names[place];
  return {
    group: plan.group.map(nameOf),
    periods: plan.periods.map(({ place, period }) => `${period} of ${nameOf(place)}`),
    fields: plan.fields.map(nameOf),
    carried: plan.carried.map(({ place, last }) => `${last ? 'last' : 'first'} ${nameOf(place)}`),
  };
}

it('a tally reads the group, the periods, each number once, and the carried cells in the order of the aggregates', () => {
  expect(
    planOf([
      { field: 'n', operation: 'SUM' },
      { operation: 'COUNT' },
      { field: 'x', operation: 'CARRY_LAST' },
      { field: 'm', operation: 'MIN' },
      { field: 'n', operation: 'AVERAGE' },
      { field: 'n', operation: 'CARRY_FIRST' },
    ]),
  ).toEqual({
    group: ['a', 'b'],
    periods: ['DAY of t'],
    fields: ['n', 'm'],
    carried: ['last x', 'first n'],
  });
});

it('a count alone reads no numbers and carries nothing', () => {
  expect(planOf([{ operation: 'COUNT' }, { field: 'x', operation: 'COUNT', as: 'n' }])).toMatchObject({
    fields: [],
    carried: [],
  });
});

const DAILY = { type: 'DAY', time: '00:00', zone: 'UTC' };
const condition = { name: 'c', aggregate: 'count', operator: '>=', value: 2 };
it.each([
  ['the end of a file', { by: 'END_OF_TRANSACTION' }, true],
  ['a clock', { by: 'TIMEOUT', timeout: DAILY }, true],
  ['a condition', { by: 'TIMEOUT', timeout: DAILY, conditions: [condition] }, false],
  ['a field of the first record', { by: 'TIMEOUT', timeout: { type: 'TIMESTAMP', field: 'due' } }, false],
])('rows of a definition that flushes by %s can be added up in any order: %3$s', (_by, flush, isSo) => {
  expect(planOf([{ operation: 'COUNT' }], flush) !== undefined).toBe(isSo);
});
