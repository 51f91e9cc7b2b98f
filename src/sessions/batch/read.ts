// Files into the table `events`. A file that is without a fault is read by DuckDB in one go; of another one each piece is
// tried so, and only the lines of a piece that is refused are looked at one by one.

import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Chunk, chunksOf } from './chunks.ts';
import { FARTHEST_MS, lookAtLine, TEXT_FIELDS, TIME_FIELD } from './click-line.ts';
import type { Input } from './inputs.ts';

/** A line that is not in the answers. `line` counts from 1. */
export type SetAside = { readonly file: string; readonly line: number; readonly reason: string };

export type Read = {
  /** Keeps the visitors' ids as text too. */
  readonly withIds: boolean;
  /** Called for each line that is set aside, in the order of its file. */
  readonly onSetAside: (one: SetAside) => void;
};

const NEWLINE = 0x0a;
/** DuckDB's largest line, in its own option. */
const OBJECT_BYTES = 32 * 1024 ** 2;
const COLUMNS = `{${[...TEXT_FIELDS, TIME_FIELD].map((field) => `${field}: 'JSON'`).join(', ')}}`;

/**
 * Makes the empty table, and the functions that are strict where DuckDB's reader isn't: it would take numbers for text,
 * text for numbers, and nothing for anything.
 */
export async function makeEvents(connection: DuckDBConnection, withIds: boolean): Promise<void> {
  const id = withIds ? 'anonymous_id VARCHAR, ' : '';
  await connection.run(`
    CREATE TABLE events (${id}visitor UHUGEINT, sent_ms BIGINT, file SMALLINT,
      browser_family VARCHAR, os_family VARCHAR, device_family VARCHAR);
    CREATE MACRO checked_text(raw, json) AS
      CASE WHEN raw[1] <> '"' OR raw IS NULL THEN error('no text')
           WHEN contains(raw, '\\') THEN json->>'$' ELSE raw[2:-2] END;
    CREATE MACRO text_of(json) AS checked_text(json::VARCHAR, json);
    CREATE MACRO id_of(json) AS CASE WHEN json::VARCHAR = '""' THEN error('empty') ELSE text_of(json) END;
    CREATE MACRO checked_time(raw, number) AS
      CASE WHEN number::VARCHAR = raw AND abs(number) <= ${FARTHEST_MS}::BIGINT THEN number ELSE error('no time') END;
    CREATE MACRO time_of(json) AS checked_time(json::VARCHAR, TRY_CAST(json::VARCHAR AS BIGINT));`);
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Adds the events of a file to the table, or none of them where anything is wrong with one. */
function insertAll(file: string, { file: number }: Input, withIds: boolean, gzip: boolean): string {
  const id = withIds ? 'id_of(anonymous_id), ' : '';
  const options = `columns=${COLUMNS}, compression='${gzip ? 'gzip' : 'none'}', maximum_object_size=${OBJECT_BYTES}`;
  // A path is a pattern for DuckDB; in brackets each of its characters is itself.
  const literal = file.replaceAll(/[*?[]/g, '[$&]');
  return `INSERT INTO events
    SELECT ${id}md5_number(id_of(anonymous_id)), time_of(${TIME_FIELD}), ${number},
      text_of(browser_family), text_of(os_family), text_of(device_family)
    FROM read_ndjson(${quoted(literal)}, ${options})`;
}

/** Reads one file; what can't be used goes to `onSetAside`. */
export async function readFile(
  connection: DuckDBConnection,
  input: Input,
  folder: string,
  { withIds, onSetAside }: Read,
): Promise<void> {
  const whole = insertAll(input.path, input, withIds, input.gzip);
  if (input.bytes > 0 && (await succeeds(connection, whole))) return;
  const piece = path.join(folder, `piece-${input.file}.json`);
  const chunks = chunksOf(input);
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) {
      for (const { line, reason } of value) onSetAside({ file: input.name, line, reason });
      break;
    }
    await writeFile(piece, value.bytes);
    if (await succeeds(connection, insertAll(piece, input, withIds, false))) continue;
    await writeFile(
      piece,
      goodLines(value, (line, reason) => onSetAside({ file: input.name, line, reason })),
    );
    await connection.run(insertAll(piece, input, withIds, false));
  }
  await rm(piece, { force: true });
}

/** True where the statement ran; false where the data was refused. What else goes wrong is thrown. */
async function succeeds(connection: DuckDBConnection, sql: string): Promise<boolean> {
  try {
    await connection.run(sql);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/Out of Memory|No space left/i.test(message)) throw error;
    return false;
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
