// The consumers of ingest's topic beside it: the followers of the live part, and the aggregator's definitions over it. Each is a consumer
// group of its own, whose offsets are in Postgres, moved with what its records have changed.

import { z } from 'zod';
import { groupOf } from '../aggregator/store/definitions.ts';
import { BEHAVIOUR_GROUP } from '../behaviour/running-behaviour.ts';
import type { Subscription } from '../consumer/offsets.ts';
import type { Pool } from '../db/pool.ts';
import { ENRICHMENT_GROUP } from '../enriched-clicks/running-enrichment.ts';
import type { TopicLook } from '../kafka/probe.ts';
import { SESSIONS_GROUP } from '../sessions/live/running-sessions.ts';

const NAMES: Readonly<Record<string, string>> = {
  [SESSIONS_GROUP]: 'sessions',
  [BEHAVIOUR_GROUP]: 'offers',
  [ENRICHMENT_GROUP]: 'enriched clicks',
};
const DEFINITIONS = groupOf('');

export const followerSchema = z.object({
  name: z.string().describe('what it makes; of the aggregator, the definition'),
  group: z.string(),
  part: z.enum(['live', 'aggregator']),
  lag: z.number().describe('records in Kafka that it has not taken yet, of all partitions'),
  partitions: z.array(
    z.object({
      partition: z.number(),
      next: z.number().describe('the offset up to which it has come'),
      lag: z.number(),
    }),
  ),
});
export type Follower = z.infer<typeof followerSchema>;

/** The next offset of a follower by partition. */
export type FollowerOffsets = {
  readonly group: string;
  readonly next: ReadonlyMap<number, bigint>;
};

/** Offsets of all followers that have ever stored one, by group. @param subscription ingest's */
export async function readFollowers(
  pool: Pool,
  { clusterId, topic }: Pick<Subscription, 'clusterId' | 'topic'>,
): Promise<readonly FollowerOffsets[]> {
  const { rows } = await pool.query<{ group: string; partition: number; next: string }>({
    name: 'pipeline_followers',
    text: `SELECT consumer_group AS "group", "partition", next_offset::text AS next FROM consumer_offsets
     WHERE cluster_id = $1 AND topic = $2
       AND (consumer_group = ANY ($3) OR starts_with(consumer_group, $4)) ORDER BY 1, 2`,
    values: [clusterId, topic, Object.keys(NAMES), DEFINITIONS],
  });
  const groups = new Map<string, Map<number, bigint>>();
  for (const row of rows) {
    const next = groups.get(row.group) ?? new Map<number, bigint>();
    groups.set(row.group, next.set(row.partition, BigInt(row.next)));
  }
  return [...groups].map(([name, next]) => ({ group: name, next }));
}

/** The followers beside the ends of the partitions: those of the live part first. A partition that one has never stored counts from its start. */
export function followersOf(
  offsets: readonly FollowerOffsets[],
  partitions: TopicLook['partitions'],
): Follower[] {
  const order = Object.keys(NAMES);
  return offsets
    .map(({ group, next }) => {
      const places = partitions.map(({ partition, start, end }) => {
        const come = next.get(partition) ?? start;
        return { partition, next: Number(come), lag: Math.max(0, Number(end - come)) };
      });
      const name = NAMES[group];
      const part: Follower['part'] = name === undefined ? 'aggregator' : 'live';
      return {
        name: name ?? group.slice(DEFINITIONS.length),
        group,
        part,
        lag: places.reduce((sum, { lag }) => sum + lag, 0),
        partitions: places,
      };
    })
    .sort((one, other) => placeIn(order, one.group) - placeIn(order, other.group));
}

const placeIn = (order: readonly string[], group: string): number =>
  order.includes(group) ? order.indexOf(group) : order.length;
