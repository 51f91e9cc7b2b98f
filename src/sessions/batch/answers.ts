// The three answers about files of clicks, as JSON, CSV and tables.

import type { DuckDBConnection } from '@duckdb/node-api';
import { renderTable } from '../../runtime/table.ts';
import type { Answer, Format } from '../options.ts';
import { csvOf } from './csv.ts';
import { makeStages, type Query, queryText, type Row, rowsOf, type Stage, viewSteps } from './statements.ts';

const FIELDS = ['browser_family', 'device_family', 'os_family'] as const;
export type Field = (typeof FIELDS)[number];
type ByValue = ReadonlyMap<string, number>;

type ByField = ReadonlyMap<Field, ByValue>;

/** Each list is in the order of its keys, by code points. Answers that were not requested are left out. */
export type Answers = {
  /** Unique sessions of each file, by its name. */
  readonly sessions_per_file?: ByValue;
  /** Sessions in which each value occurs. */
  readonly sessions_per_value?: ByField;
  /** Median length of those in seconds. */
  readonly median_seconds_per_value?: ByField;
};

/** True where the answers need the kinds of events. */
export const needsKinds = (wanted: readonly Answer[]): boolean => wanted.some((one) => one !== 'files');

/**
 * Makes the stages of the queries and reads the answers from them.
 * @param onStage called before each stage
 */
export async function readAnswers(
  connection: DuckDBConnection,
  wanted: readonly Answer[],
  onStage?: (stage: Stage) => void,
): Promise<Answers> {
  if (needsKinds(wanted)) await makeStages(connection, 'by_value', { onStage });
  else {
    onStage?.('steps');
    await viewSteps(connection);
  }
  const ask = async <T>(answer: Answer, query: Query, read: (rows: readonly Row[]) => T) =>
    wanted.includes(answer) ? read(await rowsOf(connection, queryText(query))) : undefined;
  const files = await ask('files', 'answer_files', (rows) =>
    sorted(rows.map(({ file, sessions }) => [String(file), Number(sessions)])),
  );
  const values = await ask('values', 'answer_values', (rows) => byField(rows, 'sessions'));
  const medians = await ask('medians', 'answer_medians', (rows) => byField(rows, 'seconds'));
  return {
    ...(files && { sessions_per_file: files }),
    ...(values && { sessions_per_value: values }),
    ...(medians && { median_seconds_per_value: medians }),
  };
}

const byCodePoints = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const sorted = (entries: readonly (readonly [string, number])[]): ByValue =>
  new Map([...entries].sort(([a], [b]) => byCodePoints(a, b)));

function byField(rows: readonly Row[], column: string): ByField {
  const of = (field: Field) => rows.filter((row) => row.field === field);
  return new Map(
    FIELDS.map((field) => [field, sorted(of(field).map((row) => [String(row.value), Number(row[column])]))]),
  );
}

/** The answers in a format, with a line end. */
export function formatAnswers(answers: Answers, format: Format): string {
  if (format === 'json') return `${jsonOf(new Map(Object.entries(answers).sort()), '')}\n`;
  const rows = rowsOfAnswers(answers);
  if (format === 'csv') return csvOf(['answer', 'field', 'value', 'number'], rows);
  const titles = [...new Set(rows.map(({ answer }) => answer))];
  const tables = titles.map((title) => {
    const of = rows.filter(({ answer }) => answer === title);
    return `${title}\n${renderTable(of.map(({ field, value, number }) => (field === '' ? { value, number } : { field, value, number })))}`;
  });
  return `${tables.join('\n\n')}\n`;
}

type Tree = ReadonlyMap<string, number | Tree>;

/** JSON of an object, written by hand: JavaScript's objects put numeric keys first and lose __proto__. */
function jsonOf(tree: Tree, indent: string): string {
  if (tree.size === 0) return '{}';
  const deeper = `${indent}  `;
  const lines = [...tree].map(([key, value]) => {
    const text = typeof value === 'number' ? JSON.stringify(value) : jsonOf(value, deeper);
    return `${deeper}${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

type AnswerRow = {
  readonly answer: string;
  readonly field: string;
  readonly value: string;
  readonly number: number;
};

function rowsOfAnswers(answers: Answers): AnswerRow[] {
  const rows = (answer: string, field: string, values: ByValue): AnswerRow[] =>
    [...values].map(([value, number]) => ({ answer, field, value, number }));
  const fields = (answer: string, lists: ByField = new Map()) =>
    [...lists].flatMap(([field, values]) => rows(answer, field, values));
  return [
    ...rows('sessions_per_file', '', answers.sessions_per_file ?? new Map()),
    ...fields('sessions_per_value', answers.sessions_per_value),
    ...fields('median_seconds_per_value', answers.median_seconds_per_value),
  ];
}
