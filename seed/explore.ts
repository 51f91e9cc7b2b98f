// Answers the questions of the original's Spark notebook by DuckDB on the file itself, without a database.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { duckDbFile, duckDbReason } from '../src/runtime/duckdb-file.ts';
import { printable } from '../src/runtime/printable.ts';
import { DatasetError } from './errors.ts';
import { explorableFile } from './explore/file.ts';
import { type Answers, answers, ID_COLUMNS, WANTED_COLUMNS } from './explore/questions.ts';

export type Exploration = { readonly file: string } & Answers & { readonly seconds: number };

const MEMORY = '3GB';

/**
 * Explores a CSV file, plain, gzip or zip. The dataset's columns are required; their values are not checked.
 * @throws {DatasetError} where it can't be read as such
 */
export async function exploreFile(file: string): Promise<Exploration> {
  const begun = Date.now();
  const folder = await mkdtemp(path.join(tmpdir(), 'shopstream-explore-'));
  try {
    const csv = await explorableFile(file, folder);
    const found = await withDuckDb(folder, async (connection) => {
      const columns = await readCsv(connection, csv, file);
      return answers(connection, columns);
    });
    return { file, ...found, seconds: (Date.now() - begun) / 1000 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withDuckDb<T>(folder: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY,
    temp_directory: folder,
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

type Column = { readonly name: string; readonly type: string };

/** Reads the file into the table `product`. @returns its columns with the types that DuckDB infers */
async function readCsv(connection: DuckDBConnection, csv: string, file: string): Promise<Column[]> {
  const text = `read_csv(${duckDbFile(csv)})`;
  try {
    const described = (await connection.runAndReadAll(`DESCRIBE FROM ${text}`)).getRowObjectsJson();
    const columns = described.map((row) => ({
      name: String(row.column_name),
      type: String(row.column_type),
    }));
    checkColumns(columns, file);
    await connection.run(`CREATE VIEW first_rows AS FROM ${text} LIMIT 5`);
    // An id as UUID takes half the memory of its text and is counted twice as fast. Not every file has such ids.
    const short = ID_COLUMNS.map((name) => `${name}::UUID AS ${name}`).join(', ');
    await connection
      .run(`CREATE TABLE product AS SELECT * EXCLUDE (time) REPLACE (${short}) FROM ${text}`)
      .catch(() => connection.run(`CREATE OR REPLACE TABLE product AS SELECT * EXCLUDE (time) FROM ${text}`));
    return columns;
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw new DatasetError(
      'FILE_DAMAGED',
      `received ${file}, expected CSV with a header: ${duckDbReason(error)}`,
      error,
    );
  }
}

function checkColumns(columns: readonly Column[], file: string): void {
  const names = columns.map(({ name }) => name);
  const missing = WANTED_COLUMNS.filter((wanted) => !names.includes(wanted));
  if (missing.length === 0) return;
  const expected = `expected ${missing.join(', ')} as well`;
  throw new DatasetError(
    'WRONG_HEADER',
    `${file}: received the columns ${printable(names.join(', '))}, ${expected}`,
  );
}
