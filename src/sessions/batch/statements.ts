// The queries in the folder `sessions`, each one SELECT in a file of its own, which Spark runs as well.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { packageRoot } from '../../runtime/paths.ts';
import type { Input } from './inputs.ts';

/** Tables in the order in which each reads earlier ones; `events`, `kinds`, `files` and `settings` exist before. */
export const STAGES = ['steps', 'single', 'numbered', 'lengths', 'by_kind', 'mixed', 'by_value'] as const;
export type Stage = (typeof STAGES)[number];
export type Query =
  | Stage
  | 'answer_files'
  | 'answer_values'
  | 'answer_medians'
  | 'gap_curve'
  | 'rules'
  | 'list';

/** SQL that makes a stage: a table, or a view where one query alone reads it. */
export const stageSql = (stage: Stage): string =>
  `CREATE ${stage === 'single' ? 'VIEW' : 'TABLE'} ${stage} AS ${queryText(stage)}`;

/** The text of a query. */
export const queryText = (name: Query): string =>
  readFileSync(path.join(packageRoot, 'sessions', `${name}.sql`), 'utf8');

export type Settings = { readonly gapMs: number; readonly multiEventOnly: boolean };

/** Makes the tables `files` and `settings`. */
export async function makeSettings(
  connection: DuckDBConnection,
  inputs: readonly Input[],
  { gapMs, multiEventOnly }: Settings,
): Promise<void> {
  await connection.run('CREATE TABLE files (file SMALLINT, name VARCHAR)');
  for (const { file, name } of inputs)
    await connection.run('INSERT INTO files VALUES ($1, $2)', [file, name]);
  await connection.run(
    'CREATE TABLE settings AS SELECT $1::BIGINT AS gap_limit_ms, $2::INTEGER AS with_single',
    [BigInt(gapMs), multiEventOnly ? 0 : 1],
  );
}

type MakeOptions = {
  readonly keepEvents?: boolean;
  readonly onStage?: ((stage: Stage) => void) | undefined;
};

/**
 * Makes the stages up to one of them, and drops `events` after the first, which alone reads it.
 * @param onStage called before each
 */
export async function makeStages(
  connection: DuckDBConnection,
  last: Stage,
  { keepEvents = false, onStage = () => {} }: MakeOptions = {},
): Promise<void> {
  for (const stage of STAGES.slice(0, STAGES.indexOf(last) + 1)) {
    onStage(stage);
    await connection.run(stageSql(stage));
    if (stage === 'steps' && !keepEvents) await connection.run('DROP TABLE events');
  }
}

/** Makes `steps` a view, for one query, which then sorts only the columns that it reads. */
export const viewSteps = (connection: DuckDBConnection) =>
  connection.run(`CREATE VIEW steps AS ${queryText('steps')}`);

export type Row = Readonly<Record<string, unknown>>;

/** The rows of a query or of other SQL; sums as numbers. */
export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader
    .getRowObjects()
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
      ),
    );
}
