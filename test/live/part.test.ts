// The live part: it waits for its servers, runs every follower beside the others, and ends in order whenever it is told to.

import { beforeAll, describe, expect, it } from 'vitest';
import { AT_ONCE } from '../../src/consumer/pace.ts';
import { startIngest } from '../../src/ingest/part.ts';
import { startLive } from '../../src/live/part.ts';
import { afterFile } from '../support/after-file.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startTestBroker, temporaryFolder, testConfig, testKafka } from '../support/line.ts';
import { freePort } from '../support/ports.ts';

const GROUPS = ['shopstream-behaviour', 'shopstream-enrichment', 'shopstream-sessions'];

let database: Awaited<ReturnType<typeof migratedDatabase>>;
beforeAll(async () => {
  database = await migratedDatabase();
});

describe('the live part', { timeout: 180_000 }, () => {
  it('the live part begins once Kafka is there, and each of its followers passes what ingest has stored', async () => {
    const port = await freePort();
    const config = await testConfig(port, database.url);
    const live = await startLive(config, testLog, AT_ONCE);
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= live.close();
      return closed;
    };
    afterFile(close);
    await startTestBroker(temporaryFolder(), port);
    const ingest = await startIngest(config, testLog);
    afterFile(() => ingest.close());
    const producer = testKafka(port).producer();
    await producer.connect();
    const messages = Array.from({ length: 3 }, () => ({ key: 'one', value: JSON.stringify(anEvent()) }));
    await eventually(() =>
      producer.send({ topic: config.KAFKA_TOPIC, messages }).then(
        () => true,
        () => false,
      ),
    );
    const passed = () =>
      database.pool.query<{ group: string; next: number }>(
        `SELECT consumer_group AS "group", sum(next_offset)::int AS next FROM consumer_offsets
         WHERE consumer_group <> $1 GROUP BY 1 HAVING sum(next_offset) >= 3 ORDER BY 1`,
        [config.KAFKA_GROUP],
      );
    const { rows } = await eventually(async () => {
      const found = await passed();
      return found.rows.length === GROUPS.length && found;
    });
    expect(rows.map(({ group }) => group)).toEqual(GROUPS);
    await close();
    await live.ended;
  });

  it('the live part ends while Kafka is still away', async () => {
    const live = await startLive(await testConfig(await freePort(), database.url), testLog, AT_ONCE);
    await live.close();
    await live.ended;
  });
});
