// The ledger of the pipe: every record that Kafka has acknowledged is stored, repeated, set aside, or still on its way. Pure:
// made of Kafka's ends, Postgres's offsets, and what ingest has counted in the transactions that moved them.

import { z } from 'zod';
import type { Subscription } from '../consumer/offsets.ts';
import type { Pool } from '../db/pool.ts';

/** A partition in Postgres; undefined counts where nothing was counted yet. */
export type PartitionCounts = {
  readonly partition: number;
  readonly next: bigint;
  readonly counted: Counts | undefined;
};

type Counts = {
  readonly from: bigint;
  readonly inserted: bigint;
  readonly repeated: bigint;
  readonly setAside: bigint;
  readonly absent: bigint;
};

/** Where a partition begins and ends in Kafka. */
export type PartitionEnds = { readonly partition: number; readonly start: bigint; readonly end: bigint };

export const ledgerSchema = z
  .object({
    acknowledged: z.number().describe('records that Kafka has, since they are counted'),
    stored: z.number().describe('rows in Postgres'),
    repeated: z.number().describe('events that were stored already, under the same order_id'),
    set_aside: z.number().describe('dead letters'),
    absent: z.number().describe('offsets without a record: compacted, or gone before they were read'),
    on_the_way: z.number().describe('records in Kafka that ingest has yet to store'),
    missing: z.number().describe('records that are nowhere; anything but 0 is a loss'),
    whole: z.boolean().describe('acknowledged = stored + repeated + set_aside + absent + on_the_way'),
  })
  .meta({ id: 'PipelineLedger' });
export type Ledger = z.infer<typeof ledgerSchema>;

/**
 * The sum over all partitions. A partition that was read further than it goes has lost what it once acknowledged.
 * @param endsAreNewer whether Kafka was asked after Postgres had answered: otherwise records may have come in between
 */
export function ledgerOf(
  ends: readonly PartitionEnds[],
  counts: readonly PartitionCounts[],
  endsAreNewer = true,
): Ledger {
  const sum = {
    acknowledged: 0n,
    stored: 0n,
    repeated: 0n,
    setAside: 0n,
    absent: 0n,
    onTheWay: 0n,
    missing: 0n,
  };
  for (const { partition, start, end } of ends) {
    const known = counts.find((one) => one.partition === partition);
    const next = known?.next ?? start;
    const { from, inserted, repeated, setAside, absent } = known?.counted ?? { ...NOTHING, from: next };
    const short = end < next ? next - end : 0n;
    sum.acknowledged += end + short - from;
    sum.stored += inserted;
    sum.repeated += repeated;
    sum.setAside += setAside;
    sum.absent += absent;
    sum.onTheWay += end + short - next;
    sum.missing +=
      (endsAreNewer ? short : 0n) + magnitude(next - from - inserted - repeated - setAside - absent);
  }
  return {
    acknowledged: Number(sum.acknowledged),
    stored: Number(sum.stored),
    repeated: Number(sum.repeated),
    set_aside: Number(sum.setAside),
    absent: Number(sum.absent),
    on_the_way: Number(sum.onTheWay),
    missing: Number(sum.missing),
    whole: sum.missing === 0n,
  };
}

const NOTHING = { inserted: 0n, repeated: 0n, setAside: 0n, absent: 0n };

const magnitude = (difference: bigint) => (difference < 0n ? -difference : difference);

/** Offsets and counts of all partitions, as of one moment. */
export async function readCounts(
  pool: Pool,
  { clusterId, group, topic }: Subscription,
): Promise<readonly PartitionCounts[]> {
  const { rows } = await pool.query<Record<string, string | null> & { partition: number }>({
    name: 'pipeline_counts',
    text: `SELECT o."partition", o.next_offset::text AS next, l.counted_from::text AS "from", l.inserted::text,
       l.repeated::text, l.set_aside::text AS aside, l.absent::text
     FROM consumer_offsets AS o LEFT JOIN ingest_ledger AS l USING (cluster_id, consumer_group, topic, "partition")
     WHERE cluster_id = $1 AND consumer_group = $2 AND topic = $3 ORDER BY 1`,
    values: [clusterId, group, topic],
  });
  return rows.map(({ partition, next, from, inserted, repeated, aside, absent }) => ({
    partition,
    next: BigInt(next ?? 0),
    counted:
      from == null
        ? undefined
        : {
            from: BigInt(from),
            inserted: BigInt(inserted ?? 0),
            repeated: BigInt(repeated ?? 0),
            setAside: BigInt(aside ?? 0),
            absent: BigInt(absent ?? 0),
          },
  }));
}
