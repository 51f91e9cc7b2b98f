// How far each group is behind the topic, by its offsets in Postgres and the topic's ends in Kafka.

import { beforeAll, expect, it } from 'vitest';
import { BEHAVIOUR_GROUP } from '../../../src/behaviour/running-behaviour.ts';
import { ConsumerLag } from '../../../src/dashboard/live/lag.ts';
import { KafkaProbe } from '../../../src/kafka/probe.ts';
import { SESSIONS_GROUP } from '../../../src/sessions/live/running-sessions.ts';
import { afterFile } from '../../support/after-file.ts';
import { anEvent } from '../../support/events.ts';
import { type Line, startLine, testKafka } from '../../support/line.ts';
import { freePort } from '../../support/ports.ts';

let line: Line;
let probe: KafkaProbe;
beforeAll(async () => {
  line = await startLine({ ingest: false });
  probe = new KafkaProbe(line.kafka);
  afterFile(() => probe.close());
  const response = await fetch(`${line.url}/api/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(Array.from({ length: 9 }, () => anEvent())),
  });
  expect(response.status).toBe(202);
});

const lagOf = (to = probe) =>
  new ConsumerLag(line.pool, to, line.config.KAFKA_TOPIC, line.config.KAFKA_GROUP);

async function moveTo(group: string, offsets: ReadonlyMap<number, bigint>): Promise<void> {
  const { clusterId } = await probe.topicEnds(line.config.KAFKA_TOPIC);
  for (const [partition, offset] of offsets)
    await line.pool.query(
      `INSERT INTO consumer_offsets (cluster_id, consumer_group, topic, "partition", next_offset)
       VALUES ($1, $2, $3, $4, $5)`,
      [clusterId, group, line.config.KAFKA_TOPIC, partition, offset.toString()],
    );
}

it('the lag is not known before the first look', async () => {
  const lag = lagOf();
  expect([lag.newest, await lag.reached()]).toEqual([null, undefined]);
  expect(lag.ingested).toEqual({ group: line.config.KAFKA_GROUP, topic: line.config.KAFKA_TOPIC });
});

it('the lag of each group is what its partitions lack to their ends, and none where it is past them', async () => {
  const lag = lagOf();
  await lag.look();
  expect(lag.newest).toEqual({ ingest: 9, sessions: 9, offers: 9 });
  const { ends } = await probe.topicEnds(line.config.KAFKA_TOPIC);
  await moveTo(line.config.KAFKA_GROUP, ends);
  const one = [...ends].find(([, end]) => end > 0n) as [number, bigint];
  await moveTo(SESSIONS_GROUP, new Map([[one[0], one[1] - 1n]]));
  // A topic that was made anew ends before what was read of the old one; that makes up for no other partition.
  await moveTo(BEHAVIOUR_GROUP, new Map([[one[0], one[1] + 100n]]));
  await lag.look();
  const others = 9 - Number(one[1]);
  expect(lag.newest).toEqual({ ingest: 0, sessions: others + 1, offers: others });
  expect(await lag.reached()).toEqual({
    sessions: new Map([[one[0], one[1] - 1n]]),
    moves: new Map([[one[0], one[1] + 100n]]),
  });
});

it('the lag is not known while Kafka is away, and looking is no error', async () => {
  const away = new KafkaProbe(testKafka(await freePort()));
  afterFile(() => away.close());
  const lag = lagOf(away);
  await lag.look();
  expect(lag.newest).toBeNull();
});
