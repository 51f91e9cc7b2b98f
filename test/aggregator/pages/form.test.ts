// The form says all that a definition says: every example goes through it and comes back as it was; what is wrong is told at the
// box that it is about.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DefinitionError } from '../../../src/aggregator/definition/problem.ts';
import { checkValue, readDefinition } from '../../../src/aggregator/definition/read.ts';
import {
  definitionValue,
  type Form,
  formOf,
  newForm,
  ROW_KINDS,
  readForm,
  withRows,
} from '../../../src/aggregator/pages/form.ts';
import { problemsOf } from '../../../src/aggregator/pages/form-problems.ts';
import { packageRoot } from '../../../src/runtime/paths.ts';

const folder = path.join(packageRoot, 'examples', 'aggregator');
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

/** As a browser posts it. */
function posted(form: Form): Record<string, string> {
  const body: Record<string, string> = {};
  for (const [name, value] of Object.entries(form)) if (typeof value === 'string') body[name] = value;
  for (const kind of ROW_KINDS)
    for (const [row, cells] of form[kind].entries())
      for (const [name, value] of Object.entries(cells)) body[`${kind}.${row}.${name}`] = value;
  return body;
}

function boxesOf(form: Form): (string | undefined)[] {
  try {
    checkValue(definitionValue(form));
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) return problemsOf(form, error.problems).map(({ field }) => field);
    throw error;
  }
}

describe('the form of a definition', () => {
  it.each(examples)('the form brings %s back as it was', (name) => {
    const definition = readDefinition(readFileSync(path.join(folder, name), 'utf8'), name);
    const form = readForm(posted(formOf(definition, 7)));
    expect(checkValue(definitionValue(form))).toEqual(definition);
  });

  it('names of fields and outputs that are typed with blanks around them are read without; texts keep theirs', () => {
    const form = readForm({
      name: 'x',
      by: 'TIMEOUT',
      timeout_type: 'TIMESTAMP',
      due_field: ' due at ',
      by_time: 'yes',
      'group.0.field': ' subscriber',
      'group.1.field': '  ',
      'periods.0.field': 'printed_at\t',
      'periods.0.period': 'MONTH',
      'aggregate.0.field': ' sheets ',
      'aggregate.0.operation': 'SUM',
      'aggregate.0.as': ' total',
      'conditions.0.name': 'ends',
      'conditions.0.based': 'input',
      'conditions.0.on': ' state',
      'conditions.0.type': 'text',
      'conditions.0.text_operator': 'equals',
      'conditions.0.value': ' done ',
    });
    expect(definitionValue(form)).toEqual({
      name: 'x',
      group: { fields: ['subscriber'], periods: [{ field: 'printed_at', period: 'MONTH' }] },
      aggregate: [{ field: 'sheets', operation: 'SUM', as: 'total' }],
      flush: {
        by: 'TIMEOUT',
        timeout: { type: 'TIMESTAMP', field: 'due at' },
        conditions: [{ name: 'ends', field: 'state', type: 'text', operator: 'equals', value: ' done ' }],
      },
    });
  });

  it('the form tells what is wrong at its box, also behind rows that are blank', () => {
    const form = newForm('prints');
    expect(boxesOf(form)).toEqual(['name', 'group.0.field', 'aggregate.0.operation']);
    const more = {
      ...form,
      name: 'x',
      group: [{ field: '' }, { field: 'a' }, { field: 'a' }],
      aggregate: [
        { field: '', operation: 'SUM', as: '' },
        { field: 's', operation: 'SUM', as: '' },
        { field: 's', operation: 'SUM', as: '' },
        { field: '', operation: 'MIN', as: 'm' },
      ],
    };
    expect(boxesOf(more)).toEqual(['group.2.field', 'aggregate.2.as', 'aggregate.3.field']);
  });

  it("the form's periods count where their box is ticked, which then needs a field", () => {
    const form = { ...newForm(''), name: 'x', group: [{ field: 'a' }], aggregate: [{ operation: 'COUNT' }] };
    const groupOf = (changes: Partial<Form>) =>
      (definitionValue({ ...form, ...changes }) as { group: object }).group;
    const periods = [
      { field: 'at', period: 'MONTH' },
      { field: '', period: 'DAY' },
    ];
    expect(groupOf({ periods })).toEqual({ fields: ['a'] });
    expect(groupOf({ periods, by_time: 'yes' })).toEqual({
      fields: ['a'],
      periods: [{ field: 'at', period: 'MONTH' }],
    });
    expect(boxesOf(form)).toEqual([]);
    expect(boxesOf({ ...form, by_time: 'yes' })).toEqual(['periods.0.field']);
    expect(boxesOf({ ...form, by_time: 'yes', periods: [] })).toEqual(['by_time']);
    expect(withRows(form, 'add-periods')).toMatchObject({ by_time: 'yes', periods: [{}, {}] });
  });

  it('the form reads of a condition what its choices leave', () => {
    const start = withRows({ ...newForm(''), name: 'x', group: [{ field: 'a' }] }, 'add-conditions');
    const [blank] = start?.conditions ?? [];
    const withCondition = (row: Record<string, string>) => ({
      ...newForm(''),
      name: 'x',
      group: [{ field: 'a' }],
      aggregate: [{ field: '', operation: 'COUNT', as: 'n' }],
      conditions: [{ ...blank, name: 'c', ...row }],
    });
    const conditionOf = (row: Record<string, string>) =>
      (definitionValue(withCondition(row)) as { flush: { conditions: object[] } }).flush.conditions[0];
    expect(conditionOf({ on: 'n', value: '70', type: 'boolean' })).toEqual({
      name: 'c',
      aggregate: 'n',
      operator: '>=',
      value: 70,
    });
    expect(
      conditionOf({ based: 'input', on: 'f', type: 'text', text_operator: 'contains', value: '7' }),
    ).toEqual({
      name: 'c',
      field: 'f',
      type: 'text',
      operator: 'contains',
      value: '7',
    });
    expect(conditionOf({ based: 'input', on: 'f', type: 'boolean', truth: 'false', value: 'x' })).toEqual({
      name: 'c',
      field: 'f',
      type: 'boolean',
      value: false,
    });
    expect(boxesOf(withCondition({ on: 'm', value: '70' }))).toEqual(['conditions.0.on']);
    expect(boxesOf(withCondition({ on: 'n', value: 'many' }))).toEqual(['conditions.0.value']);
    expect(boxesOf(withCondition({ on: 'n', value: '' }))).toEqual(['conditions.0.value']);
  });

  it("the form's buttons add and remove rows, and do nothing else", () => {
    const form = newForm('');
    expect(withRows(form, 'add-aggregate')?.aggregate).toHaveLength(2);
    expect(withRows(form, 'remove-aggregate-0')?.aggregate).toHaveLength(0);
    expect(withRows(form, 'save')).toBeUndefined();
    expect(withRows(form, 'add-name')).toBeUndefined();
  });
});
