// A slow Postgres: every response is more than a second late, so that a batch takes longer than the session timeout of the consumer
// group. The process stays a member, events are stored once, and pages don't wait.

import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startIngest } from '../../src/ingest/part.ts';
import { createLog } from '../../src/runtime/log.ts';
import { startWeb } from '../../src/web/part.ts';
import { isDrained, judge, NOTHING_WRONG } from '../chaos/verdict.ts';
import { afterFile } from '../support/after-file.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { eventually, startTestBroker, testConfig, testKafka, through } from '../support/line.ts';
import { startLoad } from '../support/load.ts';
import { startProxy } from '../support/proxy.ts';

const DELAY_MS = 1_600;
const AN_HOUR_MS = 3_600_000;

describe('a Postgres that takes seconds for every statement', { timeout: 240_000 }, () => {
  it('a Postgres that takes seconds for every statement throws no ingest process out of its group, loses and doubles nothing', async () => {
    const [{ url, pool }, broker] = await Promise.all([migratedDatabase(), startTestBroker()]);
    const proxy = await startProxy(Number(new URL(url).port));
    const config = await testConfig(broker.port, through(url, proxy.port));
    const log = createLog('test', 'info', false);
    let joins = 0;
    const counting = Object.assign(Object.create(log), {
      info: (_fields: unknown, text?: string) => {
        if (text === 'joined the consumer group') joins += 1;
      },
    });
    const [ingest, web] = await Promise.all([startIngest(config, counting), startWeb(config, testLog)]);
    onTestFinished(async () => void (await Promise.all([ingest.close(), web.close()])));
    await eventually(() => joins === 1);
    const load = await startLoad(testKafka(broker.port));

    proxy.delayMs = DELAY_MS;
    const began = performance.now();
    await load.send(50, [0]);
    const shop = `http://127.0.0.1:${config.PORT}`;
    // These ask Postgres, and wait for it.
    for (const page of ['/dashboard', '/api/charts/today']) await request(shop).get(page).expect(200);
    await eventually(() => isDrained(pool, load.acknowledged));
    // Longer than a session: without heartbeats the group would have given the partitions away.
    expect(performance.now() - began).toBeGreaterThan(10_000);

    proxy.delayMs = 0;
    await load.send();
    await eventually(() => isDrained(pool, load.acknowledged));
    const verdict = await judge(pool, load.acknowledged);
    expect(verdict).toMatchObject(NOTHING_WRONG);
    expect(joins).toBe(1);
    await load.stop();
  });

  it('a Postgres that takes seconds for every statement keeps no page waiting that asks it nothing', async () => {
    const [{ url }, broker] = await Promise.all([migratedDatabase(), startTestBroker()]);
    const proxy = await startProxy(Number(new URL(url).port));
    const config = await testConfig(broker.port, through(url, proxy.port));
    const web = await startWeb(config, testLog);
    // Once the proxy has gone, as it waits for the answers that are on their way.
    afterFile(() => web.close());
    proxy.delayMs = AN_HOUR_MS;
    for (const page of ['/', '/product/clothes', '/healthz'])
      await request(`http://127.0.0.1:${config.PORT}`).get(page).expect(200);
  });
});
