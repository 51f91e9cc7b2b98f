// A whole shop for tests of lessons, whose stage the test plays on: broker, Postgres, the web application, and ingest when it is told.

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import type { Config } from '../../src/config.ts';
import { clusterOf } from '../../src/connections.ts';
import type { Pool } from '../../src/db/pool.ts';
import { startIngest } from '../../src/ingest/part.ts';
import { createKafka, ensureTopic } from '../../src/kafka/client.ts';
import { Outbox } from '../../src/kafka/outbox.ts';
import { PARTITIONS, Publisher } from '../../src/kafka/publisher.ts';
import { type Lesson, readLessons } from '../../src/lessons/lesson.ts';
import type { LessonPlace } from '../../src/lessons/place.ts';
import type { Stage } from '../../src/lessons/stage.ts';
import type { Control } from '../../src/pipeline/control.ts';
import { createApp } from '../../src/web/app.ts';
import { openAppParts } from '../../src/web/app-parts.ts';
import { afterFile } from '../support/after-file.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { startTestBroker, temporaryFolder, testConfig } from '../support/line.ts';

export type Shop = {
  readonly config: Config;
  readonly pool: Pool;
  readonly publisher: Publisher;
  readonly stage: Stage;
  readonly place: LessonPlace;
  readonly ingest: () => Promise<void>;
};

/** @param control does what lessons do to the parts */
export async function startShop(control?: Control): Promise<Shop> {
  const [{ url, pool }, { port }] = await Promise.all([migratedDatabase(), startTestBroker()]);
  const config = await testConfig(port, url, { RATE_LIMIT: 'off' });
  const kafka = createKafka(clusterOf(config), 'test-lessons', testLog);
  const publisher = new Publisher(
    kafka,
    config.KAFKA_TOPIC,
    new Outbox(temporaryFolder(), 1_000_000),
    testLog,
  );
  const parts = openAppParts(config, { pool, kafka, publisher, log: testLog, control });
  const server = createServer(createApp(parts));
  await new Promise<void>((resolve) => server.listen(config.PORT, '127.0.0.1', resolve));
  publisher.start();
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopic(admin, config.KAFKA_TOPIC, PARTITIONS).finally(() => admin.disconnect());
  afterFile(async () => {
    parts.streams.close();
    server.closeAllConnections();
    server.close();
    await Promise.all([publisher.close(), parts.close()]);
  });
  const { lessons: stage } = parts;
  return {
    config,
    pool,
    publisher,
    stage,
    place: stage.place,
    ingest: async () => {
      const part = await startIngest(config, testLog);
      afterFile(() => part.close());
    },
  };
}

/** A lesson of a scenario, whose question is how many events were repeated unless told. */
export function lessonOf(scenario: string, of = 'repeated', name = 'made-up'): Lesson {
  const folder = temporaryFolder();
  const page = `lesson:
  about: a
  read: a
  watch: a
  question: { ask: a, hint: a, of: ${of} }
  explain: a
`;
  writeFileSync(path.join(folder, `01-${name}.yaml`), `${scenario}\n${page}`);
  return readLessons(folder)[0] as Lesson;
}
