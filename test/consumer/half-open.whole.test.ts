// Half-open connections of ingest and the shop, given up as in half-open.test.

import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';
import { startIngest } from '../../src/ingest/part.ts';
import { createKafka } from '../../src/kafka/client.ts';
import { startWeb } from '../../src/web/part.ts';
import { isDrained, judge, NOTHING_WRONG } from '../chaos/verdict.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startTestBroker, testConfig, through } from '../support/line.ts';
import { type SteadyLoad, startLoad } from '../support/load.ts';
import { startProxy } from '../support/proxy.ts';
import { readStream } from '../support/sse.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';

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
  it('between ingest and Kafka is given up in time, and nothing is lost or doubled', async () => {
    const [{ url, pool }, { port, address, proxy }] = await Promise.all([
      migratedDatabase(),
      proxiedBroker(),
    ]);
    const config = { ...(await testConfig(port, url)), KAFKA_BROKERS: [address] };
    const ingest = await startIngest(config, testLog, { kafkaAnswerMs: ANSWER_MS });
    onTestFinished(() => ingest.close());
    const load = await startLoad(createKafka(clusterAt(address), 'load', testLog, ANSWER_MS));
    const count = stored(pool);
    await loadWhile(load, pool, async () => {
      await eventually(async () => (await count()) > 0);
      expect(proxy.swallow()).toBeGreaterThan(0);
      const swallowed = await count();
      await eventually(async () => (await count()) > swallowed + 200, BOUND_SECONDS);
    });
    await load.stop();
  });

  it('between the shop and Postgres is given up in time: open dashboards hear of new events again', async () => {
    const zone = zoneWhereItIsNoon();
    const [{ url, pool }, broker] = await Promise.all([migratedDatabase(zone), startTestBroker()]);
    const proxy = await startProxy(Number(new URL(url).port));
    const config = await testConfig(broker.port, through(url, proxy.port));
    const web = await startWeb(config, testLog, undefined, { answerMs: ANSWER_MS, askEveryMs: ANSWER_MS });
    onTestFinished(() => web.close());
    const ingest = await startIngest({ ...config, DATABASE_URL: url }, testLog);
    onTestFinished(() => ingest.close());
    const shop = `http://127.0.0.1:${config.PORT}`;
    type Today = { readonly rows: readonly { readonly count: number }[] };
    const stream = readStream<Today>(`${shop}/api/live`);
    const total = ({ rows }: Today) => rows.reduce((sum, { count }) => sum + count, 0);
    await stream.until('today', (today) => total(today) === 0);
    expect(proxy.swallow()).toBeGreaterThan(0);
    const began = performance.now();
    await request(shop).get('/').expect(200);
    expect(performance.now() - began).toBeLessThan(1_000);
    await request(shop).post('/api/events').send(anEvent()).expect(202);
    await stream.until('today', (today) => total(today) === 2);
    expect(await stored(pool)()).toBe(2);
  });
});
