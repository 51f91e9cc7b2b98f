// Who follows the topic beside ingest, how far each has come, by what is in Postgres.

import { beforeAll, describe, expect, it } from 'vitest';
import { followersOf, readFollowers } from '../../src/pipeline/followers.ts';
import { stateSchema } from '../../src/pipeline/state.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

const partitions = [
  { partition: 0, start: 2n, end: 10n },
  { partition: 1, start: 0n, end: 5n },
];

describe('followers', () => {
  it('followers are those of the live part first, then definitions, each with its lag by partition', () => {
    const of = (group: string, ...next: [number, bigint][]) => ({ group, next: new Map(next) });
    const followers = followersOf(
      [
        of('shopstream-aggregator-calls', [0, 10n], [1, 5n]),
        of('shopstream-behaviour', [0, 4n], [1, 5n]),
        of('shopstream-sessions', [0, 9n]),
      ],
      partitions,
    );
    expect(followers.map(({ name, part, lag }) => [name, part, lag])).toEqual([
      ['sessions', 'live', 6],
      ['offers', 'live', 6],
      ['calls', 'aggregator', 0],
    ]);
    expect(followers[0]?.partitions).toEqual([
      { partition: 0, next: 9, lag: 1 },
      { partition: 1, next: 0, lag: 5 },
    ]);
  });

  it('followers have no lag where they are ahead of the ends that were read before', () => {
    const [one] = followersOf(
      [{ group: 'shopstream-sessions', next: new Map([[0, 12n]]) }],
      partitions.slice(0, 1),
    );
    expect(one).toMatchObject({ lag: 0, partitions: [{ next: 12, lag: 0 }] });
  });
});

describe('the pipe of a running shop', { timeout: 240_000 }, () => {
  let line: Line;
  beforeAll(async () => {
    line = await startLine({ live: true });
  }, 120_000);

  it('the pipe of a running shop has the followers of the live part in it, which come to the end, and nobody else', async () => {
    const body = JSON.stringify(anEvent());
    const headers = { 'Content-Type': 'application/json' };
    expect((await fetch(`${line.url}/api/events`, { method: 'POST', body, headers })).status).toBe(202);
    const state = async () => stateSchema.parse(await (await fetch(`${line.url}/api/pipeline`)).json());
    const followers = await eventually(async () => {
      const { followers: now } = await state();
      return now.groups.length === 3 && now.groups.every(({ lag }) => lag === 0) && now;
    }, 60);
    expect(followers.groups.map(({ name }) => name)).toEqual(['sessions', 'offers', 'enriched clicks']);
    const { kafka } = await state();
    for (const { partitions: places } of followers.groups)
      expect(places.reduce((sum, { next }) => sum + next, 0)).toBe(
        kafka.partitions.reduce((sum, { end }) => sum + end, 0),
      );
    await line.pool.query(
      `INSERT INTO consumer_offsets (cluster_id, consumer_group, topic, "partition", next_offset)
       SELECT cluster_id, unnest(ARRAY['somebody', 'shopstream-aggregator-calls']), topic, "partition", 0
       FROM consumer_offsets WHERE consumer_group = 'shopstream-sessions'`,
    );
    const clusterId = (await line.pool.query('SELECT cluster_id FROM consumer_offsets LIMIT 1')).rows[0]
      ?.cluster_id;
    const read = await readFollowers(line.pool, {
      clusterId,
      topic: line.config.KAFKA_TOPIC,
    });
    expect(read.map(({ group }) => group)).toEqual([
      'shopstream-aggregator-calls',
      'shopstream-behaviour',
      'shopstream-enrichment',
      'shopstream-sessions',
    ]);
    expect(followersOf(read, []).at(-1)).toMatchObject({ name: 'calls', part: 'aggregator' });
  });
});
