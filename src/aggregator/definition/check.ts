// Rules over several fields of a definition, beyond what its schema checks.

import { STORABLE_TEXT } from '../../runtime/storable-text.ts';
import { outputOf, periodOutputOf } from '../core/plan.ts';
import { type Definition, isDecimal } from './schema.ts';

export type Found = {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly wrong?: string;
  readonly known?: readonly string[];
};

const NUMBER_OPERATORS: readonly string[] = ['=', '!=', '<', '<=', '>', '>='];
const TEXT_OPERATORS: readonly string[] = ['equals', 'not_equals', 'contains'];
const OUTPUT = 'another output';

/**
 * Checks a definition that has the schema.
 * @param realTime whether it runs on a topic, named in it or by the caller
 * @returns every problem; empty for a valid definition
 */
export function checkDefinition(definition: Definition, realTime = definition.topic !== undefined): Found[] {
  const { tests: _, ...stored } = definition;
  return [
    ...checkText(stored, []),
    ...checkGroup(definition),
    ...checkColumns(definition),
    ...checkFields(definition),
    ...checkFlush(definition, realTime),
  ];
}

function checkText(value: unknown, path: readonly (string | number)[]): Found[] {
  if (typeof value === 'string' && !STORABLE_TEXT.test(value))
    return [
      { path, message: `received ${JSON.stringify(value)}, expected text without NUL and in whole Unicode` },
    ];
  if (Array.isArray(value)) return value.flatMap((one, index) => checkText(one, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => checkText(one, [...path, name]));
}

function checkGroup({ group: { fields, periods = [] } }: Definition): Found[] {
  const seen = new Set<string>();
  const again = fields.flatMap((field, index): Found[] => {
    const known = seen.has(field);
    seen.add(field);
    return known
      ? [{ path: ['group', 'fields', index], message: `received ${field} twice, expected it once` }]
      : [];
  });
  const starts = periods.map(periodOutputOf);
  const twice = starts.flatMap((name, index): Found[] =>
    starts.indexOf(name) === index
      ? []
      : [{ path: ['group', 'periods', index], message: `received ${name} twice, expected it once` }],
  );
  return [...again, ...twice];
}

/** A flushed row has each column once. Group fields, or periods, that occur twice are for checkGroup(). */
function checkColumns({ group, aggregate }: Definition): Found[] {
  const owners = new Map([['meta', 'the meta of every row']]);
  const found: Found[] = [];
  const take = (name: string, path: Found['path'], what: string, owner: string) => {
    const other = owners.get(name);
    if (other === undefined) owners.set(name, owner);
    else if (other !== owner || owner === OUTPUT)
      found.push({ path, message: `the ${what} ${name} is taken by ${other}` });
  };
  for (const [index, name] of group.fields.entries())
    take(name, ['group', 'fields', index], 'field name', 'a group field');
  for (const [index, period] of (group.periods ?? []).entries())
    take(periodOutputOf(period), ['group', 'periods', index], 'column name', 'a period');
  for (const [index, row] of aggregate.entries())
    take(outputOf(row), ['aggregate', index, ...(row.as === undefined ? [] : ['as'])], 'output name', OUTPUT);
  return found;
}

function checkFields({ aggregate }: Definition): Found[] {
  return aggregate.flatMap(({ field, operation }, index): Found[] =>
    field === undefined && operation !== 'COUNT'
      ? [{ path: ['aggregate', index, 'field'], message: `${operation} needs a field` }]
      : [],
  );
}

function checkFlush({ flush, aggregate }: Definition, realTime: boolean): Found[] {
  if (flush.by !== 'TIMEOUT') {
    const message = `${flush.by} doesn't apply to a real-time stream, expected TIMEOUT`;
    return realTime ? [{ path: ['flush', 'by'], message }] : [];
  }
  const outputs = aggregate.map(outputOf);
  return (flush.conditions ?? []).flatMap((condition, index) =>
    checkCondition(condition, outputs).map((found) => ({
      ...found,
      path: ['flush', 'conditions', index, ...found.path],
    })),
  );
}

type Condition = NonNullable<Extract<Definition['flush'], { by: 'TIMEOUT' }>['conditions']>[number];

function checkCondition(
  { field, aggregate, type, operator, value }: Condition,
  outputs: readonly string[],
): Found[] {
  if ((field === undefined) === (aggregate === undefined))
    return [{ path: [], message: 'expected either field (an input field) or aggregate (an output)' }];
  if (aggregate !== undefined && !outputs.includes(aggregate))
    return [
      {
        path: ['aggregate'],
        message: `received ${aggregate}, expected an output: ${outputs.join(', ')}`,
        wrong: aggregate,
        known: outputs,
      },
    ];
  if (aggregate !== undefined && type !== undefined && type !== 'number')
    return [{ path: ['type'], message: 'an aggregated field is numerical' }];
  const kind = type ?? 'number';
  if (kind === 'boolean') {
    if (operator !== undefined)
      return [{ path: ['operator'], message: 'a boolean condition has no operator' }];
    return /^(?:true|false)$/.test(String(value))
      ? []
      : [{ path: ['value'], message: 'expected true or false' }];
  }
  const operators = kind === 'text' ? TEXT_OPERATORS : NUMBER_OPERATORS;
  if (operator === undefined || !operators.includes(operator))
    return [
      {
        path: ['operator'],
        message: `received ${operator ?? 'none'}, expected one of ${operators.join(' ')}`,
      },
    ];
  return kind === 'number' && !isDecimal(value)
    ? [{ path: ['value'], message: `received ${JSON.stringify(value)}, expected a number` }]
    : [];
}

/** Names of the fields that a definition reads, each once. */
export function inputFields({ group, aggregate, flush }: Definition): string[] {
  const names = [
    ...group.fields,
    ...(group.periods ?? []).map(({ field }) => field),
    ...aggregate.flatMap(({ field }) => (field === undefined ? [] : [field])),
    ...(flush.by === 'TIMEOUT' && flush.timeout.type === 'TIMESTAMP' ? [flush.timeout.field] : []),
    ...(flush.by === 'TIMEOUT'
      ? (flush.conditions ?? []).flatMap(({ field }) => (field === undefined ? [] : [field]))
      : []),
  ];
  return [...new Set(names)];
}
