// Inserts the events of a batch: by COPY into the table, or by way of a staging table where an order_id is stored already.

import type { Subscription } from '../consumer/offsets.ts';
import { CopyRows, copyInto } from '../db/copy.ts';
import type { Client } from '../db/pool.ts';
import { DIMENSIONS } from '../events/dimensions.ts';
import { EVENT_COLUMNS } from '../events/event.ts';
import { type DeadLetter, type LiveEvent, orderIdOf, PAGE_ID, USER_ID } from './batch.ts';

const ORIGIN_COLUMNS = ['partition', 'offset', 'appended_at', 'stored_at', 'topic', 'context'] as const;
const ALL_COLUMNS = [...EVENT_COLUMNS, ...ORIGIN_COLUMNS];
/** The columns of an event from Kafka, as SQL. */
export const COLUMNS: string = ALL_COLUMNS.map((column) => `"${column}"`).join(', ');
const ROW_BYTES = 500;

/** The topic and partition of a batch. */
export type Origin = { readonly topic: string; readonly partition: number };

/**
 * Copies all events into the table, and returns them.
 * @throws pg's error 23505 where one of their ids is stored already, which aborts the transaction
 */
export async function copyAll(
  client: Client,
  origin: Origin,
  live: readonly LiveEvent[],
): Promise<readonly LiveEvent[]> {
  if (live.length > 0) await copyEvents(client, 'events', origin, live);
  return live;
}

/** Inserts the events whose order_id is not stored yet, by way of a staging table, and returns those. */
export async function insertNew(
  client: Client,
  origin: Origin,
  live: readonly LiveEvent[],
): Promise<readonly LiveEvent[]> {
  await client.query('CREATE TEMP TABLE IF NOT EXISTS staging (LIKE events) ON COMMIT DELETE ROWS');
  await copyEvents(client, 'staging', origin, live);
  // One order for all writers: two that insert the same ids wait for each other instead of deadlocking.
  const { rows } = await client.query<{ order_id: string }>(
    `INSERT INTO events (${COLUMNS}) SELECT ${COLUMNS} FROM staging ORDER BY order_id
     ON CONFLICT (order_id) DO NOTHING RETURNING replace(order_id::text, '-', '') AS order_id`,
  );
  const inserted = new Set(rows.map((row) => row.order_id));
  return live.filter((event) => inserted.has(orderIdOf(event)));
}

/**
 * Copies events into a table with the columns of `events`, all or none.
 * @throws pg's error 23505 where one of their ids is stored already
 */
export async function copyEvents(
  client: Client,
  table: string,
  origin: Origin,
  live: readonly LiveEvent[],
): Promise<void> {
  const rows = new CopyRows(live.length * ROW_BYTES);
  const storedAt = Date.now();
  const partition = CopyRows.fieldsOf((fields) => fields.integer(origin.partition));
  const stored = CopyRows.fieldsOf((fields) => fields.timestamp(storedAt).text(origin.topic));
  for (const one of live) {
    const { before, behind } = LABELS[one.dimensions.index] as LabelFields;
    const { ids, at } = one;
    rows.row(ALL_COLUMNS.length);
    rows
      .uuid(ids, at)
      .uuid(ids, at + USER_ID)
      .uuid(ids, at + PAGE_ID);
    rows.prepared(before).timestamp(one.time).prepared(behind);
    rows.prepared(partition).bigint(one.record.offset).timestamp(one.record.timestamp);
    rows.prepared(stored).jsonb(one.context);
  }
  await copyInto(client, `${table} (${COLUMNS})`, rows);
}

type LabelFields = { readonly before: Uint8Array; readonly behind: Uint8Array };

/** The encoded fields of each of DIMENSIONS, before and after the time. */
const LABELS: readonly LabelFields[] = DIMENSIONS.map(({ product, title, device }) => ({
  before: CopyRows.fieldsOf((fields) => fields.text(product).text(device)),
  behind: CopyRows.fieldsOf((fields) => fields.text(title).smallint(title === 'order' ? 1 : 0)),
}));

/** Stores messages that are not events, with their place in Kafka and the reason. */
export async function insertDeadLetters(
  client: Client,
  { clusterId, topic }: Subscription,
  partition: number,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  const rows = new CopyRows(letters.length * 1024);
  for (const { record, rejection } of letters) {
    rows.row(8).text(clusterId).text(topic).integer(partition).bigint(record.offset);
    rows.text(rejection.code).text(storable(rejection.reason)).bytes(record.key).bytes(record.value);
  }
  await copyInto(
    client,
    'dead_letters (cluster_id, topic, "partition", "offset", code, reason, key, payload)',
    rows,
  );
}

/** A text without NUL, which PostgreSQL's type text can't store. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
