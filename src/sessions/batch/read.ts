// Files → the table `events`. DuckDB reads a file without faults as a whole. A file that it refuses is read again in chunks,
// and the lines of a chunk that it refuses are checked one by one.

import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { FARTHEST_MS } from '../../runtime/day.ts';
import { duckDbFile } from '../../runtime/duckdb-file.ts';
import { type Chunk, chunksOf, LONGEST_LINE_BYTES } from './chunks.ts';
import { checkLine, TEXT_FIELDS, TIME_FIELD } from './click-line.ts';
import { isFull } from './full.ts';
import type { Input } from './inputs.ts';
import { cutOf } from './whole-gzip.ts';

/** A rejected line. `line` counts from 1. */
export type SetAside = { readonly file: string; readonly line: number; readonly reason: string };

/** Visitors' ids: hashed alone, also kept as text, or kept and restricted to the events of these visitors. */
export type Ids = 'hashed' | 'kept' | readonly string[];

/** What is read of a click besides its visitor and time. Without `kinds` (browser, system and device together) all are 0. */
export type Wanted = { readonly ids: Ids; readonly kinds: boolean };

export type Read = {
  readonly wanted: Wanted;
  /** Called for each rejected line, in the order of its file. */
  readonly onSetAside: (one: SetAside) => void;
};

const NEWLINE = 0x0a;
/** A smaller file, packed or not, may hold a single byte, which DuckDB reads as an empty file. */
const TINY_BYTES = 64;
const COLUMNS = `{${[...TEXT_FIELDS, TIME_FIELD].map((field) => `${field}: 'JSON'`).join(', ')}}`;

/**
 * SQL for the empty tables, and for functions that are stricter than DuckDB's reader, which casts numbers to text, text to
 * numbers, and takes missing fields for NULL. They compare JSON in DuckDB's own form, which is canonical.
 */
export const eventsSql = ({ ids }: Wanted): string => `
    CREATE TABLE events (${ids === 'hashed' ? '' : 'anonymous_id VARCHAR, '}visitor UHUGEINT, sent_ms BIGINT, file SMALLINT, kind INTEGER);
    CREATE TABLE kinds (kind INTEGER, browser_family VARCHAR, os_family VARCHAR, device_family VARCHAR,
      browser VARCHAR, os VARCHAR, device VARCHAR);
    CREATE SEQUENCE kind_ids;
    CREATE MACRO is_text(json) AS starts_with(json, '"');
    CREATE MACRO text_of(json) AS CASE WHEN is_text(json) THEN json::JSON->>'$' ELSE error('no text') END;
    CREATE MACRO visitor_of(json) AS CASE WHEN is_text(json) AND json <> '""' THEN md5_number(json) ELSE error('no id') END;
    CREATE MACRO no_kind(one, other, third) AS
      CASE WHEN is_text(one) AND is_text(other) AND is_text(third) THEN 0 ELSE error('no text') END;
    CREATE MACRO checked_time(json, number) AS
      CASE WHEN number::VARCHAR = json AND abs(number) <= ${FARTHEST_MS}::BIGINT THEN number ELSE error('no time') END;
    CREATE MACRO time_of(json) AS checked_time(json, TRY_CAST(json AS BIGINT));`;

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

function readSql(file: string, gzip: boolean): string {
  const options = `columns=${COLUMNS}, compression='${gzip ? 'gzip' : 'uncompressed'}', maximum_object_size=${LONGEST_LINE_BYTES / 2}`;
  // Half of the longest line: DuckDB's buffers have twice this size, and it accepts a line that fits into two of them.
  return `read_ndjson(${duckDbFile(file)}, ${options})`;
}

/** The statements that add the events of a file. */
export type Inserting = {
  readonly read: string;
  /** Adds the file's new kinds; runs for one file at a time. */
  readonly addKinds?: string;
  /** Adds all events; fails for no content of the file. */
  readonly add?: string;
};

/** Adds all events of a file, or none where any line is invalid. */
export function insertAll(file: string, { file: number }: Input, wanted: Wanted, gzip: boolean): Inserting {
  const from = readSql(file, gzip);
  return wanted.kinds
    ? insertWithKinds(from, number)
    : { read: insertWithoutKinds(from, number, wanted.ids) };
}

function insertWithoutKinds(from: string, file: number, ids: Ids): string {
  const id = ids === 'hashed' ? '' : 'text_of(anonymous_id), ';
  const only =
    typeof ids === 'string' ? '' : `WHERE text_of(anonymous_id) IN (${ids.map(quoted).join(', ')})`;
  return `INSERT INTO events
    SELECT ${id}visitor_of(anonymous_id::VARCHAR), time_of(${TIME_FIELD}::VARCHAR), ${file},
      no_kind(browser_family::VARCHAR, os_family::VARCHAR, device_family::VARCHAR)
    FROM ${from} ${only}`;
}

/** Kinds are stored once, as the later sorts are faster over numbers than over texts. */
const insertWithKinds = (from: string, file: number): Inserting => ({
  read: `CREATE OR REPLACE TEMP TABLE clicks AS
    SELECT visitor_of(anonymous_id::VARCHAR) AS visitor, time_of(${TIME_FIELD}::VARCHAR) AS sent_ms,
      browser_family::VARCHAR AS browser, os_family::VARCHAR AS os, device_family::VARCHAR AS device
    FROM ${from}`,
  addKinds: `INSERT INTO kinds
    SELECT nextval('kind_ids')::INTEGER, text_of(browser), text_of(os), text_of(device), browser, os, device
    FROM (SELECT DISTINCT browser, os, device FROM clicks) ANTI JOIN kinds USING (browser, os, device)`,
  add: `INSERT INTO events
    SELECT visitor, sent_ms, ${file}, kind FROM clicks JOIN kinds USING (browser, os, device)`,
});

/**
 * Reads one file; rejected lines go to `onSetAside`.
 * @returns how many events were added
 */
export async function readFile(
  connection: DuckDBConnection,
  input: Input,
  folder: string,
  { wanted, onSetAside }: Read,
): Promise<number> {
  const whole = insertAll(input.path, input, wanted, input.gzip);
  const added = input.bytes > TINY_BYTES ? await rowsAdded(connection, whole) : undefined;
  if (added === undefined) return readPieces(connection, input, folder, { wanted, onSetAside });
  const cut = await cutOf(input, added);
  if (cut !== undefined) onSetAside({ file: input.name, ...cut });
  return added;
}

async function readPieces(
  connection: DuckDBConnection,
  input: Input,
  folder: string,
  { wanted, onSetAside }: Read,
): Promise<number> {
  const piece = path.join(folder, `piece-${input.file}.json`);
  const chunks = chunksOf(input);
  const insert = insertAll(piece, input, wanted, false);
  let added = 0;
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) {
      for (const { line, reason } of value) onSetAside({ file: input.name, line, reason });
      break;
    }
    await writeFile(piece, value.bytes);
    const rows = value.bytes.length > 1 ? await rowsAdded(connection, insert) : undefined;
    if (rows === undefined) {
      const onBad = (line: number, reason: string) => onSetAside({ file: input.name, line, reason });
      await writeFile(piece, goodLines(value, onBad));
    }
    added += rows ?? (await insertEvents(connection, insert));
  }
  await rm(piece, { force: true });
  return added;
}

/** The last of the readers that add kinds. */
let addingKinds: Promise<unknown> = Promise.resolve();

/** @returns how many events were added */
async function insertEvents(
  connection: DuckDBConnection,
  { read, addKinds, add }: Inserting,
): Promise<number> {
  const { rowsChanged } = await connection.run(read);
  if (addKinds === undefined || add === undefined) return rowsChanged;
  const added = addingKinds.then(() => connection.run(addKinds));
  addingKinds = added.catch(() => {});
  await added;
  return (await connection.run(add)).rowsChanged;
}

/** @returns how many events were added; undefined where the data was refused. Other errors are thrown. */
async function rowsAdded(connection: DuckDBConnection, inserting: Inserting): Promise<number | undefined> {
  try {
    return await insertEvents(connection, inserting);
  } catch (error) {
    if (isFull(error)) throw error;
    return undefined;
  }
}

/** The valid lines of a chunk. */
function goodLines({ bytes, firstLine }: Chunk, onBad: (line: number, reason: string) => void): string {
  const good: string[] = [];
  let line = firstLine;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(NEWLINE, from);
    const one = bytes.subarray(from, end === -1 ? bytes.length : end);
    from = end === -1 ? bytes.length : end + 1;
    if (isBlank(one)) continue;
    const checked = checkLine(one);
    if ('line' in checked) good.push(checked.line, '\n');
    else onBad(line, checked.reason);
  }
  return good.join('');
}

const isBlank = (line: Buffer) => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
