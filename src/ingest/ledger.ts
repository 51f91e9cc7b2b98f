// The ledger: counts of the outcomes of all records before a partition's offset. It is written in the offset's transaction.

import type { Subscription } from '../consumer/offsets.ts';
import type { Client } from '../db/pool.ts';
import type { ParsedBatch } from './batch.ts';

/** Counts of the outcomes of a batch's records. */
export type StoreResult = {
  readonly inserted: number;
  readonly duplicate: number;
  readonly rejected: number;
};

/** Increases a ledger's row, where there is one already. */
const ADDED = `ON CONFLICT (cluster_id, consumer_group, topic, "partition") DO UPDATE SET
       inserted = ledger.inserted + excluded.inserted,
       repeated = ledger.repeated + excluded.repeated,
       set_aside = ledger.set_aside + excluded.set_aside,
       absent = ledger.absent + excluded.absent`;
const INTO = `INSERT INTO ingest_ledger AS ledger
       (cluster_id, consumer_group, topic, "partition", counted_from, inserted, repeated, set_aside, absent)`;

/**
 * SQL that adds a batch all of whose records were inserted.
 * @param from a FROM item with one row, or none where nothing is to be added
 * @param place SQL of cluster, group, topic, partition and the offset before the batch
 * @param inserted SQL of the number of inserted records
 * @param absent SQL of the number of offsets without a record
 */
export const addInsertedSql = (from: string, place: string, inserted: string, absent: string): string =>
  `${INTO} SELECT ${place}, ${inserted}, 0, 0, ${absent} FROM ${from} ${ADDED}`;

/** Adds a batch to the counts of its partition. @param expected the offset before it; undefined for the first ever */
export async function addToLedger(
  client: Client,
  { clusterId, group, topic }: Subscription,
  parsed: ParsedBatch,
  { expected, next }: { readonly expected: bigint | undefined; readonly next: bigint },
  { inserted, duplicate, rejected }: StoreResult,
): Promise<void> {
  const from = expected ?? firstOffset(parsed) ?? next;
  const absent = next - from - BigInt(inserted + duplicate + rejected);
  await client.query({
    name: 'add_to_ledger',
    text: `${INTO} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ${ADDED}`,
    values: [
      clusterId,
      group,
      topic,
      parsed.partition,
      from.toString(),
      inserted,
      duplicate,
      rejected,
      absent.toString(),
    ],
  });
}

function firstOffset({ events, repeats, deadLetters }: ParsedBatch): bigint | undefined {
  const offsets = [...events, ...repeats, ...deadLetters].map(({ record }) => record.offset);
  return offsets.reduce<bigint | undefined>(
    (first, one) => (first === undefined || one < first ? one : first),
    undefined,
  );
}
