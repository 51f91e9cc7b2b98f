// A definition as DuckDB SQL over CSV files. It gives the rows of the two batch modes without any code of the core. TIMEOUT has no query,
// as its sessions outlive one; numbers beyond DECIMAL(38, 10) fail.

import { duckDbFile } from '../../runtime/duckdb-file.ts';
import { isNumeric } from '../core/accumulate.ts';
import { outputOf, periodOutputOf } from '../core/plan.ts';
import { inputFields } from '../definition/check.ts';
import type { Definition } from '../definition/schema.ts';

const NUMBER = '[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?';
const TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z';
const KEPT = { HOUR: 13, DAY: 10, MONTH: 7, YEAR: 4 } as const;
const REST = '0000-01-01T00:00:00.000Z';

const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const number = (field: string): string => `CAST(${name(field)} AS DECIMAL(38, 10))`;

/**
 * Writes the query of a definition.
 * @param files CSV files, in the order in which a run reads them
 * @returns undefined for a definition that flushes by TIMEOUT
 */
export function sqlOf(definition: Definition, files: readonly string[]): string | undefined {
  const { group, aggregate, flush } = definition;
  if (flush.by === 'TIMEOUT') return undefined;
  const periods = group.periods ?? [];
  const each = flush.by === 'END_OF_TRANSACTION';
  const keys = [
    ...(each ? ['file'] : []),
    ...group.fields.map(name),
    ...periods.map(({ field, period }) => startOf(field, period)),
  ];
  const columns = [
    ...group.fields.map(name),
    ...periods.map((one) => `${startOf(one.field, one.period)} AS ${name(periodOutputOf(one))}`),
    ...aggregate.map((row) => `${aggregateOf(row)} AS ${name(outputOf(row))}`),
  ];
  return [
    'WITH records AS (',
    files.map((file, index) => `  ${recordsOf(definition, file, index)}`).join('\n  UNION ALL\n'),
    ')',
    `SELECT\n  ${columns.join(',\n  ')}`,
    'FROM records',
    `WHERE ${checksOf(definition).join('\n  AND ')}`,
    `GROUP BY ${keys.join(', ')}`,
    'ORDER BY min(file * 1000000000000 + line)',
  ].join('\n');
}

function recordsOf(definition: Definition, file: string, index: number): string {
  const fields = inputFields(definition).map(name).join(', ');
  const options =
    "header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', nullstr = '\\0'";
  return `SELECT ${index} AS file, row_number() OVER () AS line, ${fields} FROM read_csv(${duckDbFile(file)}, ${options})`;
}

const startOf = (field: string, period: keyof typeof KEPT): string =>
  `left(${name(field)}, ${KEPT[period]}) || ${text(REST.slice(KEPT[period]))}`;

function aggregateOf({ field = '', operation }: Definition['aggregate'][number]): string {
  switch (operation) {
    case 'COUNT':
      return 'count(*)';
    case 'CARRY_FIRST':
      return `first(${name(field)} ORDER BY file, line)`;
    case 'CARRY_LAST':
      return `last(${name(field)} ORDER BY file, line)`;
    case 'AVERAGE':
      return `CAST(sum(${number(field)}) AS DOUBLE) / count(*)`;
    default:
      return `${operation.toLowerCase()}(${number(field)})`;
  }
}

/** SQL conditions that set a record aside. */
function checksOf({ group, aggregate }: Definition): string[] {
  const numbers = aggregate.flatMap(({ field, operation }) =>
    field !== undefined && isNumeric(operation) ? [`regexp_full_match(${name(field)}, ${text(NUMBER)})`] : [],
  );
  const times = (group.periods ?? []).flatMap(({ field }) => [
    `regexp_full_match(${name(field)}, ${text(TIME)})`,
    `TRY_CAST(${name(field)} AS TIMESTAMPTZ) IS NOT NULL`,
  ]);
  return [...new Set([...numbers, ...times, 'true'])];
}
