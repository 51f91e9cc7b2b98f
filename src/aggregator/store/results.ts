// Flushed rows and records set aside, in Postgres: written in the transaction that writes the sessions they come from.

import { CopyRows, copyInto } from '../../db/copy.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { writeRow } from '../core/row.ts';
import { sessionId } from '../core/session.ts';
import type { Flushed } from '../core/step.ts';
import { PART_ROWS, type Part, partsOf, writeParts } from './in-parts.ts';

/** A part's buffer is as large as the part before, and some more, as line numbers get longer: growing it would copy and double it. */
const ROOM_RATIO = 1.125;
/** The length in front of a field of COPY. */
const LENGTH_BYTES = 4;

/** A part of the flushed rows, PART_ROWS at most, in the bytes that go to Postgres. */
export class WrittenRows {
  readonly #copied: CopyRows;
  /** By row: the byte where its JSON begins, and the one where it ends. */
  readonly #places: number[] = [];

  constructor(expectedBytes: number) {
    this.#copied = new CopyRows(expectedBytes);
  }

  get bytes(): number {
    return this.#copied.length;
  }

  get isFull(): boolean {
    return this.#places.length === 2 * PART_ROWS;
  }

  add(one: Flushed, run: number | undefined): void {
    const copied = this.#copied;
    copied.row(5).text(one.session.plan.definition);
    if (run === undefined) copied.bytes(null);
    else copied.bigint(BigInt(run));
    const row = copied.text(sessionId(one.session)).length + LENGTH_BYTES;
    copied.text(writeRow(one));
    this.#places.push(row, copied.length);
    copied.timestamp(one.at);
  }

  async copyInto(client: Client): Promise<void> {
    await copyInto(client, 'aggregator_results (definition, run, id, row, flushed_at)', this.#copied);
  }

  /** The rows as JSON text, in their order. */
  texts(): string[] {
    const texts: string[] = [];
    for (let at = 0; at < this.#places.length; at += 2)
      texts.push(this.#copied.textBetween(this.#places[at] as number, this.#places[at + 1] as number));
    return texts;
  }
}

/**
 * Writes flushed rows; a part is encoded while Postgres takes the one before. Rows are kept as bytes, as hundreds of thousands of
 * objects would cost more to collect than to make.
 * @param run id of the batch run; undefined in real time
 * @returns the rows in their order
 */
export async function insertResults(
  client: Client,
  flushed: Iterable<Flushed>,
  run: number | undefined,
): Promise<WrittenRows[]> {
  const written: WrittenRows[] = [];
  await writeParts(client, partsOfFlushed(flushed, run, written));
  return written;
}

/** @param written gets each part before it is yielded */
function* partsOfFlushed(
  flushed: Iterable<Flushed>,
  run: number | undefined,
  written: WrittenRows[],
): Generator<Part<Client>> {
  let rows: WrittenRows | undefined;
  for (const one of flushed) {
    if (rows === undefined || rows.isFull) {
      if (rows !== undefined) yield writingOf(rows);
      rows = new WrittenRows(Math.ceil(ROOM_RATIO * (rows?.bytes ?? 0)));
      written.push(rows);
    }
    rows.add(one, run);
  }
  if (rows !== undefined) yield writingOf(rows);
}

const writingOf =
  (rows: WrittenRows): Part<Client> =>
  (client) =>
    rows.copyInto(client);

export type AsideRow = {
  readonly source: string;
  readonly position: number;
  readonly field: string;
  readonly message: string;
};

/**
 * Writes records that were set aside, with their places.
 * @param run id of the batch run; undefined in real time
 */
export async function insertAsides(
  client: Client,
  definition: string,
  asides: readonly AsideRow[],
  run: number | undefined,
): Promise<void> {
  for (const some of partsOf(asides))
    await client.query(
      `INSERT INTO aggregator_set_aside (definition, run, source, position, field, message)
       SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[], $5::text[], $6::json[])`,
      [
        definition,
        run ?? null,
        some.map(({ source }) => source),
        some.map(({ position }) => position),
        some.map(({ field }) => field),
        some.map(({ message }) => JSON.stringify(message)),
      ],
    );
}

/** `seq` of the newest row that a definition has flushed in real time; 0 where there is none. */
export async function lastResult(pool: Pool, definition: string): Promise<number> {
  const { rows } = await pool.query<{ seq: number | null }>(
    'SELECT max(seq) AS seq FROM aggregator_results WHERE definition = $1 AND run IS NULL',
    [definition],
  );
  return rows[0]?.seq ?? 0;
}

/**
 * Rows that a definition has flushed in real time, as JSON text, the oldest first; PART_ROWS at most.
 * @param behind `seq` of the last row that was read; 0 reads from the beginning
 */
export async function readResults(
  pool: Pool,
  definition: string,
  behind: number,
): Promise<readonly { readonly seq: number; readonly row: string }[]> {
  const { rows } = await pool.query<{ seq: number; row: string }>(
    `SELECT seq, row::text AS row FROM aggregator_results
     WHERE definition = $1 AND run IS NULL AND seq > $2 ORDER BY seq LIMIT $3`,
    [definition, behind, PART_ROWS],
  );
  return rows;
}
