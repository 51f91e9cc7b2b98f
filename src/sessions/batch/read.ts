// Files into the table `events`. A file that is without a fault is read by DuckDB in one go; of another one each piece is
// tried so, and only the lines of a piece that is refused are looked at one by one.

import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Chunk, chunksOf, LONGEST_LINE_BYTES } from './chunks.ts';
import { FARTHEST_MS, lookAtLine, TEXT_FIELDS, TIME_FIELD } from './click-line.ts';
import { isFull } from './full.ts';
import type { Input } from './inputs.ts';

/** A line that is not in the answers. `line` counts from 1. */
export type SetAside = { readonly file: string; readonly line: number; readonly reason: string };

/** Whether the visitors' ids are kept as text too: not, of all, or of these visitors, whose events alone are read then. */
export type Ids = 'hashed' | 'kept' | readonly string[];

export type Read = {
  readonly ids: Ids;
  /** Called for each line that is set aside, in the order of its file. */
  readonly onSetAside: (one: SetAside) => void;
};

const NEWLINE = 0x0a;
const COLUMNS = `{${[...TEXT_FIELDS, TIME_FIELD].map((field) => `${field}: 'JSON'`).join(', ')}}`;

/**
 * SQL for the empty table, and for the functions that are strict where DuckDB's reader isn't: it would take numbers for text,
 * text for numbers, and nothing for anything.
 */
export const eventsSql = (ids: Ids): string => `
    CREATE TABLE events (${ids === 'hashed' ? '' : 'anonymous_id VARCHAR, '}visitor UHUGEINT, sent_ms BIGINT,
      file SMALLINT, browser_family VARCHAR, os_family VARCHAR, device_family VARCHAR);
    CREATE MACRO checked_text(raw, json) AS
      CASE WHEN raw[1] <> '"' OR raw IS NULL THEN error('no text')
           WHEN contains(raw, '\\') THEN json->>'$' ELSE raw[2:-2] END;
    CREATE MACRO text_of(json) AS checked_text(json::VARCHAR, json);
    CREATE MACRO id_of(json) AS CASE WHEN json::VARCHAR = '""' THEN error('empty') ELSE text_of(json) END;
    CREATE MACRO checked_time(raw, number) AS
      CASE WHEN number::VARCHAR = raw AND abs(number) <= ${FARTHEST_MS}::BIGINT THEN number ELSE error('no time') END;
    CREATE MACRO time_of(json) AS checked_time(json::VARCHAR, TRY_CAST(json::VARCHAR AS BIGINT));`;

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** SQL that adds the events of a file to the table, or none of them where anything is wrong with one. */
export function insertAll(file: string, { file: number }: Input, ids: Ids, gzip: boolean): string {
  const id = ids === 'hashed' ? '' : 'id_of(anonymous_id), ';
  const only = typeof ids === 'string' ? '' : `WHERE id_of(anonymous_id) IN (${ids.map(quoted).join(', ')})`;
  const options = `columns=${COLUMNS}, compression='${gzip ? 'gzip' : 'uncompressed'}', maximum_object_size=${LONGEST_LINE_BYTES / 2}`;
  // DuckDB's buffers have twice that size, and it takes what fits into two of them.
  // A path is a pattern for DuckDB; in brackets each of its characters is itself.
  const literal = file.replaceAll(/[*?[]/g, '[$&]');
  return `INSERT INTO events
    SELECT ${id}md5_number(id_of(anonymous_id)), time_of(${TIME_FIELD}), ${number},
      text_of(browser_family), text_of(os_family), text_of(device_family)
    FROM read_ndjson(${quoted(literal)}, ${options}) ${only}`;
}

/**
 * Reads one file; what can't be used goes to `onSetAside`.
 * @returns how many events it has added
 */
export async function readFile(
  connection: DuckDBConnection,
  input: Input,
  folder: string,
  { ids, onSetAside }: Read,
): Promise<number> {
  const whole = insertAll(input.path, input, ids, input.gzip);
  const added = input.bytes > 0 ? await rowsAdded(connection, whole) : undefined;
  return added ?? readPieces(connection, input, folder, { ids, onSetAside });
}

async function readPieces(
  connection: DuckDBConnection,
  input: Input,
  folder: string,
  { ids, onSetAside }: Read,
): Promise<number> {
  const piece = path.join(folder, `piece-${input.file}.json`);
  const chunks = chunksOf(input);
  const insert = insertAll(piece, input, ids, false);
  let added = 0;
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) {
      for (const { line, reason } of value) onSetAside({ file: input.name, line, reason });
      break;
    }
    await writeFile(piece, value.bytes);
    const rows = await rowsAdded(connection, insert);
    if (rows === undefined) {
      const onBad = (line: number, reason: string) => onSetAside({ file: input.name, line, reason });
      await writeFile(piece, goodLines(value, onBad));
    }
    added += rows ?? (await connection.run(insert)).rowsChanged;
  }
  await rm(piece, { force: true });
  return added;
}

/** How many rows the statement has added; undefined where the data was refused. What else goes wrong is thrown. */
async function rowsAdded(connection: DuckDBConnection, sql: string): Promise<number | undefined> {
  try {
    return (await connection.run(sql)).rowsChanged;
  } catch (error) {
    if (isFull(error)) throw error;
    return undefined;
  }
}

/** The lines of a chunk that can be used, one after the other. */
function goodLines({ bytes, firstLine }: Chunk, onBad: (line: number, reason: string) => void): string {
  const good: string[] = [];
  let line = firstLine;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(NEWLINE, from);
    const one = bytes.subarray(from, end === -1 ? bytes.length : end);
    from = end === -1 ? bytes.length : end + 1;
    if (isBlank(one)) continue;
    const looked = lookAtLine(one);
    if ('line' in looked) good.push(looked.line, '\n');
    else onBad(line, looked.reason);
  }
  return good.join('');
}

const isBlank = (line: Buffer) => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
