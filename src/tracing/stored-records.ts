// The records that ingest has stored, for the consumers behind it: without dead letters and repeated order_ids.

import type { RecordBatch } from '../consumer/record.ts';
import type { Client, Pool } from '../db/pool.ts';
import type { Title } from '../events/event.ts';
import { parseEventBytes } from '../events/parse.ts';
import { readWire } from '../events/wire.ts';

/** Whether a batch has an event of this title; who wants no other need not wait until the rest is stored. */
export const hasTitle = ({ records }: RecordBatch, title: Title): boolean =>
  records.some(({ value }) => eventIn(value)?.title === title);

function eventIn(value: Buffer | null): { readonly order_id: string; readonly title: Title } | undefined {
  const wire = value === null ? undefined : readWire(value);
  if (wire !== undefined) return wire;
  const parsed = parseEventBytes(value);
  return parsed.ok ? parsed.event : undefined;
}

/** A statement that readStored() runs. */
export type StoredSql = { readonly name: string; readonly text: string };

/**
 * Makes the statement of a consumer.
 * @param name of the prepared statement
 * @param columns SQL of what is wanted of `events`
 */
export const storedSql = (name: string, columns: string): StoredSql => ({
  name,
  text: `SELECT ${columns} FROM events
     WHERE order_id = ANY($1::uuid[]) AND topic = $2 AND "partition" = $3 AND "offset" BETWEEN $4 AND $5
     ORDER BY "offset"`,
});

/** The rows of a batch's events, in the order of their offsets. */
export async function readStored<Row extends object>(
  client: Client | Pool,
  topic: string,
  { partition, records }: RecordBatch,
  statement: StoredSql,
): Promise<Row[]> {
  const ids = records.flatMap(({ value }) => {
    const event = eventIn(value);
    return event === undefined ? [] : [event.order_id];
  });
  if (ids.length === 0) return [];
  const [first, last] = [records[0]?.offset, records.at(-1)?.offset];
  const values = [ids, topic, partition, String(first), String(last)];
  const { rows } = await client.query<Row>({ ...statement, values });
  return rows;
}
