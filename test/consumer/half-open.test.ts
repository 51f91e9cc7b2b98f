// Half-open connections with Postgres and with Kafka; half-open.whole has those of ingest and the shop.

import { describe, expect, it, onTestFinished } from 'vitest';
import { startIngest } from '../../src/ingest/part.ts';
import { createKafka } from '../../src/kafka/client.ts';
import { Outbox } from '../../src/kafka/outbox.ts';
import { Publisher } from '../../src/kafka/publisher.ts';
import { publish } from '../kafka/publish.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import {
  eventually,
  startTestBroker,
  temporaryFolder,
  testConfig,
  testKafka,
  through,
} from '../support/line.ts';
import { startLoad } from '../support/load.ts';
import { startProxy } from '../support/proxy.ts';
import { ANSWER_MS, BOUND_SECONDS, clusterAt, loadWhile, proxiedBroker, stored } from './half-open.ts';

describe('a half-open connection', { timeout: 240_000 }, () => {
  it('a half-open connection between ingest and Postgres is given up in time, in the middle of batches, and nothing is lost or doubled', async () => {
    const [{ url, pool }, broker] = await Promise.all([migratedDatabase(), startTestBroker()]);
    const proxy = await startProxy(Number(new URL(url).port));
    const config = await testConfig(broker.port, through(url, proxy.port));
    const ingest = await startIngest(config, testLog, { answerMs: ANSWER_MS, idleInTransactionMs: 3_000 });
    onTestFinished(() => ingest.close());
    const load = await startLoad(testKafka(broker.port));
    const count = stored(pool);
    await loadWhile(load, pool, async () => {
      for (let times = 0; times < 2; times += 1) {
        const before = await count();
        await eventually(async () => (await count()) > before);
        expect(proxy.swallow()).toBeGreaterThan(0);
        const swallowed = await count();
        await eventually(async () => (await count()) > swallowed + 200, BOUND_SECONDS);
      }
    });
    await load.stop();
  });

  it('a half-open connection between the publisher and Kafka is given up in time, and every event arrives', async () => {
    const { address, proxy } = await proxiedBroker();
    const outbox = new Outbox(temporaryFolder(), 1024 * 1024);
    const publisher = new Publisher(
      createKafka(clusterAt(address), 'test', testLog, ANSWER_MS),
      'ecommerce',
      outbox,
      testLog,
    );
    onTestFinished(() => publisher.close());
    publisher.start();
    await publish(publisher, anEvent());
    expect(proxy.swallow()).toBeGreaterThan(0);
    const began = performance.now();
    await Promise.all(Array.from({ length: 50 }, () => publish(publisher, anEvent())));
    expect(performance.now() - began).toBeLessThan(BOUND_SECONDS * 1_000);
    expect(publisher.state).toMatchObject({ connected: true, waiting: 0, outboxBytes: 0 });
  });
});
