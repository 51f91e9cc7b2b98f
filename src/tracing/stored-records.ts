// The records that ingest has stored, for the consumers behind it: without dead letters and repeated order_ids.

import { readOffset, type Subscription } from '../consumer/offsets.ts';
import type { RecordBatch } from '../consumer/record.ts';
import type { Client, Pool } from '../db/pool.ts';
import { parseEventBytes } from '../events/parse.ts';
import { Backoff } from '../runtime/backoff.ts';

const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 1_000;
/** After this the batch is retried, so that a consumer that has lost its partition notices. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Waits until ingest is past an offset.
 * @param ingest the subscription of the ingest part
 * @param signal ends the waiting: ingest may stop first, and is not waited for then
 * @throws where that takes half a minute, or an AbortError
 */
export async function waitForIngest(
  pool: Pool,
  ingest: Subscription,
  partition: number,
  next: bigint,
  signal: AbortSignal,
): Promise<void> {
  const begun = performance.now();
  const backoff = new Backoff(FIRST_LOOK_MS, LONGEST_LOOK_MS);
  for (;;) {
    const stored = await readOffset(pool, ingest, partition);
    if (stored !== undefined && stored >= next) return;
    if (performance.now() - begun > LONGEST_WAIT_MS)
      throw new Error(`partition ${partition}: ingest has not stored offset ${next - 1n} yet`);
    await backoff.wait(signal);
    signal.throwIfAborted();
  }
}

/**
 * The rows of a batch's events, in the order of their offsets.
 * @param columns SQL of what is wanted of `events`
 */
export async function readStored<Row extends object>(
  client: Client,
  topic: string,
  { partition, records }: RecordBatch,
  columns: string,
): Promise<Row[]> {
  const ids = records.flatMap(({ value }) => {
    const parsed = parseEventBytes(value);
    return parsed.ok ? [parsed.event.order_id] : [];
  });
  if (ids.length === 0) return [];
  const [first, last] = [records[0]?.offset, records.at(-1)?.offset];
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM events
     WHERE order_id = ANY($1::uuid[]) AND topic = $2 AND "partition" = $3 AND "offset" BETWEEN $4 AND $5
     ORDER BY "offset"`,
    [ids, topic, partition, String(first), String(last)],
  );
  return rows;
}
