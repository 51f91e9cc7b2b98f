// Half-open connections of ingest and the shop, given up as in half-open.test.

import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startIngest } from '../../src/ingest/part.ts';
import { createKafka } from '../../src/kafka/client.ts';
import { startWeb } from '../../src/web/part.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startTestBroker, testConfig, through } from '../support/line.ts';
import { startLoad } from '../support/load.ts';
import { startProxy } from '../support/proxy.ts';
import { readStream } from '../support/sse.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';
import { ANSWER_MS, BOUND_SECONDS, clusterAt, loadWhile, proxiedBroker, stored } from './half-open.ts';

describe('a half-open connection', { timeout: 240_000 }, () => {
  it('a half-open connection between ingest and Kafka is given up in time, and nothing is lost or doubled', async () => {
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

  it('a half-open connection between the shop and Postgres is given up in time: open dashboards hear of new events again', async () => {
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
