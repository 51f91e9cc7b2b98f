import { expect, it } from 'vitest';
import { type Form, newForm } from '../../../src/aggregator/pages/form.ts';
import { problemsOf } from '../../../src/aggregator/pages/form-problems.ts';

const FORM: Form = {
  ...newForm('prints'),
  // Blank rows are left out of the definition: its rows have other numbers.
  group: [{ field: '' }, { field: 'a' }, { field: '' }, { field: 'b' }],
  aggregate: [
    { field: '', operation: 'SUM', as: '' },
    { field: '', operation: 'COUNT', as: '' },
    { field: 'n', operation: 'MIN', as: '' },
  ],
  conditions: [
    { name: '', based: 'aggregate', on: '', type: 'number', operator: '>=', value: '' },
    { name: 'sum', based: 'aggregate', on: 'sum_n', type: 'text', operator: '>=', value: '7' },
    { name: 'text', based: 'input', on: 'f', type: 'text', text_operator: 'equals', value: 'x' },
    { name: 'boolean', based: 'input', on: 'f', type: 'boolean', truth: 'true' },
    { name: 'number', based: 'input', on: 'f', type: 'number', operator: '<', value: '7' },
  ],
};
const problem = (pointer: string, suggestion?: string) => ({
  pointer,
  line: undefined,
  column: undefined,
  message: 'received this, expected that',
  suggestion,
});
const controlOf = (pointer: string, form = FORM) => problemsOf(form, [problem(pointer)])[0]?.field;

it.each([
  ['/name', 'name'],
  ['/topic', 'topic'],
  ['/limits/max_sessions', 'max_sessions'],
  ['/group/fields', 'group.0.field'],
  ['/group/fields/0', 'group.1.field'],
  ['/group/fields/1', 'group.3.field'],
  ['/aggregate', 'aggregate.0.operation'],
  ['/aggregate/0', 'aggregate.1.as'],
  ['/aggregate/1/field', 'aggregate.2.field'],
  ['/aggregate/1/operation', 'aggregate.2.operation'],
  ['/flush', 'by'],
  ['/flush/by', 'by'],
  ['/flush/timeout', 'timeout_type'],
  ['/flush/timeout/zone', 'zone'],
  ['/flush/timeout/field', 'due_field'],
  ['/flush/conditions/0', 'conditions.1.on'],
  ['/flush/conditions/0/name', 'conditions.1.name'],
  ['/flush/conditions/0/aggregate', 'conditions.1.on'],
  ['/flush/conditions/1/field', 'conditions.2.on'],
])('a problem at %s is told at the control %s', (pointer, control) => {
  expect(controlOf(pointer)).toBe(control);
});

it.each([
  ['of an aggregate, which is a number whatever its type says', 0, 'operator', 'value'],
  ['of a text', 1, 'text_operator', 'value'],
  ['of a boolean', 2, 'operator', 'truth'],
  ['of a number', 3, 'operator', 'value'],
])(
  'the operator and the value of a condition %s have the controls that are shown for it',
  (_what, at, operator, value) => {
    const control = (part: string) => controlOf(`/flush/conditions/${at}/${part}`);
    expect([control('operator'), control('value')]).toEqual([
      `conditions.${at + 1}.${operator}`,
      `conditions.${at + 1}.${value}`,
    ]);
  },
);

it.each([
  '',
  '/unknown',
  '/tests/0/name',
  '/group',
  '/group/fields/2',
  '/aggregate/7/field',
  '/flush/conditions/4',
])('a problem at "%s", which no control shows, is told without one', (pointer) => {
  expect(controlOf(pointer)).toBeUndefined();
});

it('a period that is missing is told at the first row, and at its box where there is no row', () => {
  expect(controlOf('/group/periods/0/field')).toBe('periods.0.field');
  expect(controlOf('/group/periods/0/field', { ...FORM, periods: [] })).toBe('by_time');
  const periods = [
    { field: '', period: 'DAY' },
    { field: 't', period: 'DAY' },
  ];
  expect(controlOf('/group/periods/0', { ...FORM, periods })).toBe('periods.1.field');
});

it('a problem keeps its message, with what was meant where that is known', () => {
  expect(problemsOf(FORM, [problem('/name'), problem('/flush/timeout/zone', 'Europe/Berlin')])).toEqual([
    { field: 'name', message: 'received this, expected that' },
    { field: 'zone', message: 'received this, expected that (did you mean Europe/Berlin?)' },
  ]);
});
