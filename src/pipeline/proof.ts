// The ledger, proved: every row counted anew, and every event that this process was given an acknowledgement for looked up, one by
// one. The counts that ingest keeps are not believed here.

import { z } from 'zod';
import type { Subscription } from '../consumer/offsets.ts';
import type { Pool } from '../db/pool.ts';
import type { Acknowledgement } from '../kafka/publisher.ts';
import type { Traces } from '../tracing/traces.ts';

const MOST_NAMED = 20;

export const proofSchema = z
  .object({
    as_of: z.iso.datetime(),
    rows: z.number().describe('rows of events in Postgres, counted one by one'),
    ledger_rows: z.number().describe('the same as the ledger has it'),
    dead_letters: z.number().describe('messages that were set aside, counted one by one'),
    ledger_dead_letters: z.number().describe('the same as the ledger has it'),
    followed: z
      .number()
      .describe('events that Kafka has acknowledged to this process, the newest 20,000 at most'),
    found: z.number().describe('of those, the ones that are in Postgres, as a row or as a dead letter'),
    on_the_way: z.number().describe('of those, the ones that ingest has yet to store'),
    missing: z.array(z.string()).describe('order_ids that are nowhere; at most 20 are named'),
    whole: z.boolean().describe('whether everything agrees, event for event'),
  })
  .meta({ id: 'PipelineProof' });
export type Proof = z.infer<typeof proofSchema>;

/** @throws pg's error where Postgres is away */
export async function prove(pool: Pool, subscription: Subscription, traces: Traces): Promise<Proof> {
  // What is acknowledged from now on is not asked for.
  const followed = traces.acknowledgements();
  // What is before these offsets is there for whoever looks afterwards.
  const counted = await recount(pool, subscription);
  const [stored, aside] = await Promise.all([
    storedOf(pool, [...followed.keys()]),
    setAsideOf(pool, subscription, [...followed.values()]),
  ]);
  const missing: string[] = [];
  let onTheWay = 0;
  for (const [orderId, { partition, offset }] of followed) {
    if (stored.has(orderId) || aside.has(`${partition} ${offset}`)) continue;
    if (offset >= (counted.next.get(partition) ?? 0n)) onTheWay += 1;
    else missing.push(orderId);
  }
  const { rows, ledgerRows, deadLetters, ledgerDeadLetters } = counted;
  return {
    as_of: new Date().toISOString(),
    rows,
    ledger_rows: ledgerRows,
    dead_letters: deadLetters,
    ledger_dead_letters: ledgerDeadLetters,
    followed: followed.size,
    found: followed.size - onTheWay - missing.length,
    on_the_way: onTheWay,
    missing: missing.slice(0, MOST_NAMED),
    whole: missing.length === 0 && rows === ledgerRows && deadLetters === ledgerDeadLetters,
  };
}

type Recount = {
  readonly rows: number;
  readonly ledgerRows: number;
  readonly deadLetters: number;
  readonly ledgerDeadLetters: number;
  readonly next: ReadonlyMap<number, bigint>;
};

/** One statement, so that all of it is of one moment. A row that was written before the partition was counted is left out. */
async function recount(pool: Pool, { clusterId, group, topic }: Subscription): Promise<Recount> {
  const { rows } = await pool.query<{
    partition: number;
    next: string;
    inserted: number;
    aside: number;
    rows: number;
    letters: number;
  }>(
    `WITH ledger AS (
       SELECT "partition", next_offset, counted_from, begun_in, inserted, set_aside FROM ingest_ledger
       JOIN consumer_offsets USING (cluster_id, consumer_group, topic, "partition")
       WHERE cluster_id = $1 AND consumer_group = $2 AND topic = $3
     ), counted AS (
       SELECT "partition", count(*) AS rows FROM events JOIN ledger USING ("partition")
       WHERE stored_in >= begun_in AND topic = $3 AND "offset" >= counted_from AND "offset" < next_offset
       GROUP BY "partition"
     ), aside AS (
       SELECT "partition", count(*) AS letters FROM dead_letters JOIN ledger USING ("partition")
       WHERE stored_in >= begun_in AND cluster_id = $1 AND topic = $3 AND "offset" >= counted_from AND "offset" < next_offset
       GROUP BY "partition"
     )
     SELECT "partition", next_offset::text AS next, inserted, set_aside AS aside,
       coalesce(rows, 0) AS rows, coalesce(letters, 0) AS letters
     FROM ledger LEFT JOIN counted USING ("partition") LEFT JOIN aside USING ("partition")`,
    [clusterId, group, topic],
  );
  const sum = (of: 'rows' | 'inserted' | 'letters' | 'aside') => rows.reduce((all, row) => all + row[of], 0);
  return {
    rows: sum('rows'),
    ledgerRows: sum('inserted'),
    deadLetters: sum('letters'),
    ledgerDeadLetters: sum('aside'),
    next: new Map(rows.map(({ partition, next }) => [partition, BigInt(next)])),
  };
}

/** Those of the ids that are rows, as 32 hex digits. */
async function storedOf(pool: Pool, orderIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (orderIds.length === 0) return new Set();
  const { rows } = await pool.query<{ id: string }>(
    `SELECT replace(order_id::text, '-', '') AS id FROM events WHERE order_id = ANY($1::uuid[])`,
    [orderIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Those of the places that were set aside, as "partition offset". */
async function setAsideOf(
  pool: Pool,
  { clusterId, topic }: Subscription,
  places: readonly Acknowledgement[],
): Promise<ReadonlySet<string>> {
  if (places.length === 0) return new Set();
  const { rows } = await pool.query<{ place: string }>(
    `SELECT l."partition" || ' ' || l."offset" AS place FROM dead_letters AS l
     JOIN unnest($3::integer[], $4::bigint[]) AS asked(part, place) ON l."partition" = part AND l."offset" = place
     WHERE cluster_id = $1 AND topic = $2`,
    [
      clusterId,
      topic,
      places.map(({ partition }) => partition),
      places.map(({ offset }) => offset.toString()),
    ],
  );
  return new Set(rows.map(({ place }) => place));
}
