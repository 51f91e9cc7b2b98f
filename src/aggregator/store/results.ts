// What was flushed and what was set aside, in Postgres: committed with the sessions that it came of.

import { CopyRows, copyInto } from '../../db/copy.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { writeRow } from '../core/row.ts';
import { sessionId } from '../core/session.ts';
import type { Flushed } from '../core/step.ts';

const ROWS = 5_000;
/** As those before them, and some more, as lines have more digits later on: a buffer that grows is copied, and twice as large. */
const ROOM_RATIO = 1.125;
/** Of a field, in front of it. */
const LENGTH_BYTES = 4;

/** Rows that were written, ROWS at most: in bytes, as they went to Postgres. */
export class WrittenRows {
  readonly #copied: CopyRows;
  /** Where each begins and ends, one behind the other. */
  readonly #places: number[] = [];

  constructor(expectedBytes: number) {
    this.#copied = new CopyRows(expectedBytes);
  }

  get bytes(): number {
    return this.#copied.length;
  }

  get isFull(): boolean {
    return this.#places.length === 2 * ROWS;
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

  /** As JSON. */
  texts(): string[] {
    const texts: string[] = [];
    for (let at = 0; at < this.#places.length; at += 2)
      texts.push(this.#copied.textBetween(this.#places[at] as number, this.#places[at + 1] as number));
    return texts;
  }
}

/**
 * Writes what was flushed, while Postgres takes what was written before. No object of a row outlives it: hundreds of thousands that
 * do cost more to collect than to make.
 * @param run of a batch; undefined in real time
 * @returns the rows in their order
 */
export async function insertResults(
  client: Client,
  flushed: Iterable<Flushed>,
  run: number | undefined,
): Promise<WrittenRows[]> {
  const written: WrittenRows[] = [];
  let before = Promise.resolve();
  const write = async (rows: WrittenRows) => {
    written.push(rows);
    const writing = rows.copyInto(client);
    // The first error counts: what comes behind it fails for the transaction's sake.
    writing.catch(() => {});
    await before;
    before = writing;
  };
  let rows: WrittenRows | undefined;
  for (const one of flushed) {
    rows ??= new WrittenRows(Math.ceil(ROOM_RATIO * (written.at(-1)?.bytes ?? 0)));
    rows.add(one, run);
    if (!rows.isFull) continue;
    await write(rows);
    rows = undefined;
  }
  if (rows !== undefined) await write(rows);
  await before;
  return written;
}

export type AsideRow = {
  readonly source: string;
  readonly position: number;
  readonly field: string;
  readonly message: string;
};

export async function insertAsides(
  client: Client,
  definition: string,
  asides: readonly AsideRow[],
  run: number | undefined,
): Promise<void> {
  for (let at = 0; at < asides.length; at += ROWS) {
    const some = asides.slice(at, at + ROWS);
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
}

/** The number of the newest flushed row of a definition in real time; 0 where there is none. */
export async function lastResult(pool: Pool, definition: string): Promise<number> {
  const { rows } = await pool.query<{ seq: number | null }>(
    'SELECT max(seq) AS seq FROM aggregator_results WHERE definition = $1 AND run IS NULL',
    [definition],
  );
  return rows[0]?.seq ?? 0;
}

/** Flushed rows of a definition in real time, as JSON text, behind one of them; ROWS at most. */
export async function readResults(
  pool: Pool,
  definition: string,
  behind: number,
): Promise<readonly { readonly seq: number; readonly row: string }[]> {
  const { rows } = await pool.query<{ seq: number; row: string }>(
    `SELECT seq, row::text AS row FROM aggregator_results
     WHERE definition = $1 AND run IS NULL AND seq > $2 ORDER BY seq LIMIT $3`,
    [definition, behind, ROWS],
  );
  return rows;
}
