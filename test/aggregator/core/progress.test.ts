import { expect, it } from 'vitest';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { progressOf } from '../../../src/aggregator/core/progress.ts';
import { newState, step } from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';

/** How far a session with these sheets is towards a condition. */
function progress(condition: object, ...sheets: readonly string[]) {
  const fields = new FieldTable();
  const plan = compile(
    checkValue({
      name: 'd',
      group: { fields: ['g'] },
      aggregate: [
        { field: 'sheets', operation: 'SUM' },
        { field: 'text', operation: 'CARRY_LAST' },
      ],
      flush: {
        by: 'TIMEOUT',
        timeout: { type: 'HOUR', hours: 1 },
        conditions: [{ name: 'limit', ...condition }],
      },
    }),
    1,
    fields,
  );
  const state = newState(plan, 'batch');
  for (const [position, one] of sheets.entries()) {
    const cells = fields.names.map((name) => (name === 'sheets' ? one : name === 'text' ? 'x' : 'g'));
    step(state, { cells, source: 's', position, at: 0 }, 0);
  }
  const [session] = state.open;
  if (session === undefined) throw new Error('no session is open');
  return progressOf(session);
}

it('progress is what a session has of what a condition wants, with all digits', () => {
  const wants = '9007199254740993.50';
  expect(
    progress({ aggregate: 'sum_sheets', operator: '>=', value: wants }, '9007199254740993', '0.25'),
  ).toEqual([
    {
      condition: 'limit',
      output: 'sum_sheets',
      operator: '>=',
      has: '9007199254740993.25',
      wants: '9007199254740993.5',
      share: 1,
    },
  ]);
});

it.each([
  ['>=', 70, '68', 68 / 70],
  ['>', 70, '70', 1],
  ['>=', 70, '-5', 0],
  ['>=', 0, '-5', null],
  ['>=', -7, '-14', null],
  ['<=', 70, '71', null],
  ['=', 70, '35', null],
])('towards %s %s, %s is the share %s', (operator, value, sheets, share) => {
  expect(progress({ aggregate: 'sum_sheets', operator, value }, sheets)).toMatchObject([{ share }]);
});

it('progress has no share where what is carried is no number, and none is told of a condition on an input field', () => {
  expect(progress({ aggregate: 'carry_last_text', operator: '>=', value: 7 }, '1')).toMatchObject([
    { has: '"x"', share: null },
  ]);
  expect(progress({ field: 'sheets', operator: '>=', value: 7 }, '1')).toEqual([]);
});
