// Half-open connections: what stands between swallows every byte and closes nothing, new connections pass. The times
// after which the program gives such a connection up are shortened here; what happens then is the same.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';
import { startIngest } from '../../src/ingest/part.ts';
import { createKafka } from '../../src/kafka/client.ts';
import { Outbox } from '../../src/kafka/outbox.ts';
import { Publisher } from '../../src/kafka/publisher.ts';
import { isDrained, judge, NOTHING_WRONG } from '../chaos/verdict.ts';
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
import { type SteadyLoad, startLoad } from '../support/load.ts';
import { startProxy } from '../support/proxy.ts';

const ANSWER_MS = 1_500;
/** Less than kafkajs takes by itself, and TCP. */
const BOUND_SECONDS = 25;

/** A broker that clients reach by way of a proxy: they go where it says, which is another address and the same port. */
async function proxiedBroker() {
  const broker = await startTestBroker(undefined, 0, '127.0.0.2');
  const proxy = await startProxy(broker.port, { host: '127.0.0.2', port: broker.port });
  return { port: broker.port, address: `127.0.0.2:${broker.port}`, proxy };
}

const clusterAt = (address: string) => ({ brokers: [address], ssl: false, sasl: undefined });

/** Sends without a pause until `act` is over, and then waits until all of it is stored. */
async function loadWhile(load: SteadyLoad, pool: Pool, act: () => Promise<void>) {
  let acting = true;
  const sending = (async () => {
    while (acting) await load.send(5);
  })();
  await act();
  acting = false;
  await sending;
  await eventually(() => isDrained(pool, load.acknowledged), BOUND_SECONDS);
  const verdict = await judge(pool, load.acknowledged);
  expect(verdict).toMatchObject(NOTHING_WRONG);
  expect(verdict.stored).toBe(verdict.acknowledged);
}

const stored = (pool: Pool) => async () =>
  Number((await pool.query('SELECT count(*) AS count FROM events')).rows[0].count);

describe('a half-open connection', { timeout: 240_000 }, () => {
  it('between ingest and Postgres is given up in time, in the middle of batches, and nothing is lost or doubled', async () => {
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

  it('between the publisher and Kafka is given up in time, and every event arrives', async () => {
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
