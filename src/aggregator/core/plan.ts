// A plan is a compiled definition: the place of each field in a record's cells, and its use. Plans of one stream share a table of
// fields, so that a record is read once for all versions with open sessions.

import type { Definition } from '../definition/schema.ts';
import { isNumeric, type Operation } from './accumulate.ts';
import { type Decimal, parseDecimal } from './decimal.ts';
import { DueTimes, type Timeout } from './due.ts';
import { type Period, PeriodReader } from './instant.ts';

/** The names of the cells of a record, in their order. */
export class FieldTable {
  readonly names: string[] = [];

  /** The place of a field, a new one for a new field. */
  placeOf(name: string): number {
    const place = this.names.indexOf(name);
    return place === -1 ? this.names.push(name) - 1 : place;
  }
}

export type PlannedPeriod = {
  readonly place: number;
  readonly period: Period;
  readonly output: string;
  readonly reader: PeriodReader;
};
export type PlannedAggregate = {
  /** -1 for a COUNT without a field. */
  readonly place: number;
  readonly field: string;
  readonly operation: Operation;
  readonly numeric: boolean;
  readonly output: string;
};

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'equals' | 'not_equals' | 'contains';
export type PlannedCondition = {
  readonly name: string;
  /** Place of an input field's cell, or of an aggregate. */
  readonly on: { readonly cell: number } | { readonly aggregate: number };
  readonly test:
    | { readonly type: 'number'; readonly operator: Operator; readonly value: Decimal }
    | { readonly type: 'text'; readonly operator: Operator; readonly value: string }
    | { readonly type: 'boolean'; readonly value: boolean };
};

export type Plan = {
  readonly definition: string;
  readonly version: number;
  /** Identifies a set of group fields and periods. */
  readonly grouping: string;
  /** Sorted by name, as the order of group fields makes no other grouping. */
  readonly group: readonly { readonly place: number; readonly field: string }[];
  readonly periods: readonly (PlannedPeriod & { readonly field: string })[];
  readonly aggregates: readonly PlannedAggregate[];
  readonly conditions: readonly PlannedCondition[];
  readonly flushBy: Definition['flush']['by'];
  readonly timeout: Timeout | undefined;
  /** Place of a TIMESTAMP timeout's field. */
  readonly duePlace: number | undefined;
  readonly dueTimes: DueTimes | undefined;
  /** The first columns of a flushed row, in the definition's order: group fields, then period starts. `index` is that in `group` or `periods`. */
  readonly columns: readonly {
    readonly name: string;
    readonly from: 'group' | 'period';
    readonly index: number;
  }[];
};

const byName =
  <T>(name: (item: T) => string) =>
  (one: T, other: T) =>
    name(one) < name(other) ? -1 : 1;

/** The output name of an aggregate: sum_sheets, or count where it has no field. */
export const outputOf = ({ field, operation, as }: Definition['aggregate'][number]): string =>
  as ?? [operation.toLowerCase(), ...(field === undefined ? [] : [field])].join('_');

/** The column name of a period's start: month_timestamp. */
export const periodOutputOf = ({
  field,
  period,
}: {
  readonly field: string;
  readonly period: string;
}): string => `${period.toLowerCase()}_${field}`;

/**
 * Compiles a definition, which must be valid.
 * @param version of the definition; its open sessions keep it until they are flushed
 * @param fields gets the fields that it doesn't have yet
 */
export function compile(definition: Definition, version: number, fields: FieldTable): Plan {
  const { name, group, flush } = definition;
  const sorted = [...new Set(group.fields)].sort();
  const periods = [...(group.periods ?? [])].sort(byName(periodOutputOf));
  const timeout = flush.by === 'TIMEOUT' ? flush.timeout : undefined;
  const aggregates = definition.aggregate.map((row) => ({
    place: row.field === undefined ? -1 : fields.placeOf(row.field),
    field: row.field ?? '',
    operation: row.operation,
    numeric: isNumeric(row.operation),
    output: outputOf(row),
  }));
  return {
    definition: name,
    version,
    grouping: JSON.stringify([sorted, periods.map(({ field, period }) => [field, period])]),
    group: sorted.map((field) => ({ field, place: fields.placeOf(field) })),
    periods: periods.map(({ field, period }) => ({
      field,
      place: fields.placeOf(field),
      period,
      output: periodOutputOf({ field, period }),
      reader: new PeriodReader(period),
    })),
    aggregates,
    conditions:
      flush.by === 'TIMEOUT'
        ? (flush.conditions ?? []).map((one) => planCondition(one, aggregates, fields))
        : [],
    flushBy: flush.by,
    timeout,
    duePlace: timeout?.type === 'TIMESTAMP' ? fields.placeOf(timeout.field) : undefined,
    dueTimes: timeout === undefined || timeout.type === 'TIMESTAMP' ? undefined : new DueTimes(timeout),
    columns: [
      ...group.fields.map((field) => ({ name: field, from: 'group' as const, index: sorted.indexOf(field) })),
      ...(group.periods ?? []).map((period) => ({
        name: periodOutputOf(period),
        from: 'period' as const,
        index: periods.indexOf(period),
      })),
    ],
  };
}

type Condition = NonNullable<Extract<Definition['flush'], { by: 'TIMEOUT' }>['conditions']>[number];

function planCondition(
  condition: Condition,
  aggregates: readonly PlannedAggregate[],
  fields: FieldTable,
): PlannedCondition {
  const on =
    condition.aggregate === undefined
      ? { cell: fields.placeOf(condition.field ?? '') }
      : { aggregate: aggregates.findIndex(({ output }) => output === condition.aggregate) };
  return { name: condition.name, on, test: testOf(condition) };
}

function testOf({ type = 'number', operator, value }: Condition): PlannedCondition['test'] {
  if (type === 'boolean') return { type, value: value === true || value === 'true' };
  if (type === 'text') return { type, operator: operator ?? 'equals', value: String(value) };
  const number = parseDecimal(String(value));
  if (number === undefined) throw new Error(`received ${String(value)}, expected a checked number`);
  return { type, operator: operator ?? '=', value: number };
}
