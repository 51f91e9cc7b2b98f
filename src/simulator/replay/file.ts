// The rows of a file by their arrival, whatever the file's size and order: DuckDB sorts them, and spills to disk.

import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DatasetError } from '../../../seed/errors.ts';
import { explorableFile } from '../../../seed/explore/file.ts';
import { isObject, type JsonObject } from '../../events/json-object.ts';
import { FARTHEST_MS } from '../../runtime/day.ts';
import { duckDbFile, duckDbReason } from '../../runtime/duckdb-file.ts';
import { messageOf } from '../../runtime/errors.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { firstBytesOf, foreignKind, unreadable } from '../../runtime/input-file.ts';
import type { Mapping } from './record.ts';

const MEMORY = '1GB';
const FORMATS = ['csv', 'tsv', 'ndjson'] as const;
type Format = (typeof FORMATS)[number];

/** A row, and its times in milliseconds since 1970; undefined where it has no valid one. */
export type FileRow = {
  readonly row: JsonObject;
  readonly happenedMs: number | undefined;
  readonly arrivedMs: number | undefined;
};

/** The format of a file by its name. @throws {ExpectationError} */
export function formatOf(file: string): Format {
  const name = file.replace(/\.gz$/i, '').toLowerCase();
  if (/\.(ndjson|jsonl|json)$/.test(name)) return 'ndjson';
  if (/\.(tsv|tab)$/.test(name)) return 'tsv';
  // Kaggle's is called archive.zip, and has one CSV in it.
  if (/\.(csv|zip)$/.test(name)) return 'csv';
  throw new ExpectationError(
    `received ${file}, expected .csv, .tsv or .ndjson, also as .gz, or a .zip with a CSV in it`,
  );
}

/**
 * Rows in chunks, by their arrival; rows without a time come first.
 * @throws {ExpectationError} where it can't be read in the format of its name
 */
export async function* readInOrder(file: string, mapping: Mapping): AsyncGenerator<readonly FileRow[]> {
  const format = formatOf(file);
  await checkThere(file);
  const folder = await mkdtemp(path.join(tmpdir(), 'shopstream-replay-'));
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY,
    threads: '2',
    temp_directory: path.join(folder, 'spill'),
  });
  const connection = await instance.connect();
  try {
    await connection.run(MS_OF);
    const readable = await (format === 'ndjson' ? checkLines(file) : explorableFile(file, folder));
    let hasRows = false;
    for await (const rows of rowsOf(connection, orderedSql(readable, format, mapping))) {
      hasRows = true;
      yield rows;
    }
    if (!hasRows) throw new ExpectationError(`received ${file}, without a row, expected at least one`);
  } catch (error) {
    if (error instanceof DatasetError) throw new ExpectationError(error.message);
    if (error instanceof ExpectationError) throw error;
    throw new ExpectationError(`received ${file}, which can't be read as ${format}: ${duckDbReason(error)}`);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws {ExpectationError} where there is no such file, or its name has no format */
export async function checkThere(file: string): Promise<void> {
  formatOf(file);
  try {
    // DuckDB would wait for a pipe that nobody writes to.
    if (!(await stat(file)).isFile())
      throw new ExpectationError(`received ${file}, which is no regular file, expected one`);
  } catch (error) {
    const reason = unreadable(error);
    throw reason === undefined ? error : new ExpectationError(`received ${file}, ${reason}, expected a file`);
  }
}

/** Lines of JSON; DuckDB reads a .gz that is cut off as far as it goes. @throws {ExpectationError} */
async function checkLines(file: string): Promise<string> {
  const kind = foreignKind(firstBytesOf(file));
  if (kind !== undefined)
    throw new ExpectationError(`received ${file}, ${kind}, expected lines of JSON in UTF-8`);
  if (!file.toLowerCase().endsWith('.gz')) return file;
  try {
    await pipeline(createReadStream(file), createGunzip(), async (unpacked) => {
      for await (const _ of unpacked);
    });
  } catch (error) {
    throw new ExpectationError(
      `received ${file}, which does not unpack (${messageOf(error)}), expected a whole .gz`,
    );
  }
  return file;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const jsonPath = (names: readonly string[]) =>
  quoted(`$${names.map((name) => `."${name.replaceAll('"', '\\"')}"`).join('')}`);

/**
 * Milliseconds since 1970 of a text: ISO 8601, with or without an offset, or a number of seconds or milliseconds; none beyond what a
 * Date holds.
 */
const MS_OF = `
  SET TimeZone = 'UTC';
  CREATE MACRO held(ms) AS CASE WHEN abs(ms) <= ${FARTHEST_MS} THEN ms::BIGINT END;
  CREATE MACRO ms_of_number(n) AS held(CASE WHEN abs(n) < 1e11 THEN n * 1000 ELSE n END);
  CREATE MACRO ms_of_time(stamp) AS held(CASE WHEN isfinite(stamp) THEN epoch_ms(stamp) END);
  CREATE MACRO ms_of(text) AS coalesce(ms_of_time(TRY_CAST(text AS TIMESTAMPTZ)), ms_of_number(TRY_CAST(text AS DOUBLE)))`;

function orderedSql(file: string, format: Format, mapping: Mapping): string {
  const rows =
    format === 'ndjson'
      ? // Lines that are no JSON become NULL and are reported as skipped.
        `SELECT TRY_CAST(line AS JSON) AS row FROM read_csv(${duckDbFile(file)}, auto_detect = false, header = false,
           columns = {'line': 'VARCHAR'}, delim = '\\x1F', quote = '', escape = '', max_line_size = 8388608)`
      : `SELECT to_json(named) AS row FROM read_csv(${duckDbFile(file)}, header = true, all_varchar = true,
           delim = ${format === 'tsv' ? "'\t'" : "','"}) AS named`;
  const received = [mapping.received_at, ['context', 'received_at']]
    .map((names) => `ms_of(json_extract_string(row, ${jsonPath(names)}))`)
    .join(', ');
  return `SELECT row::VARCHAR AS row, happened, coalesce(${received}, happened) AS arrived
    FROM (SELECT row, ms_of(json_extract_string(row, ${jsonPath(mapping.time)})) AS happened FROM (${rows}))
    ORDER BY arrived NULLS FIRST`;
}

async function* rowsOf(connection: DuckDBConnection, sql: string): AsyncGenerator<readonly FileRow[]> {
  const result = await connection.stream(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk.getRows().map(([row, happened, arrived]) => ({
      row: objectOf(row),
      happenedMs: numberOf(happened),
      arrivedMs: numberOf(arrived),
    }));
  }
}

function objectOf(text: unknown): JsonObject {
  if (typeof text !== 'string') return {};
  const value: unknown = JSON.parse(text);
  return isObject(value) ? value : {};
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'bigint' ? Number(value) : undefined;
