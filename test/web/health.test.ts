// What the web part says when what it needs is away, and that nothing is lost meanwhile.

import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Broker } from '../../src/broker/broker.ts';
import { readConfig } from '../../src/config.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded/server.ts';
import { startIngest } from '../../src/ingest/part.ts';
import { startWeb } from '../../src/web/part.ts';
import { expectError, expectErrorPage, expectNoLeak } from '../support/answers.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startLine, startTestBroker, temporaryFolder, testConfig } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { fillDataFolder } from '../support/program.ts';

describe('a web part with all that it needs', () => {
  it('a web part with all that it needs is alive and ready, each dependency with its state, and counts what it does', async () => {
    const line = await startLine();
    await eventually(async () => (await request(line.url).get('/readyz')).status === 200);
    const { body } = await request(line.url).get('/readyz').expect(200);
    expect(body).toEqual({
      ready: true,
      kafka: { ok: true, state: expect.stringContaining('0 events') },
      postgres: { ok: true, state: 'answers' },
      migrations: { ok: true, state: expect.stringMatching(/^\d{4}_.+\.sql$/) },
      ingest: { ok: true, state: '0 records behind' },
    });
    expect((await request(line.url).get('/healthz').expect(200)).body).toEqual({ status: 'alive' });
    const event = anEvent();
    await request(line.url).post('/api/events').send(event).expect(202);
    await eventually(
      async () => (await request(line.url).get(`/api/events/${event.order_id}`)).body.hops.stored_at,
    );
    const { text } = await request(line.url).get('/metrics').expect(200);
    expect(text).toMatch(/^shopstream_events_produced_total 1$/m);
    expect(text).toMatch(/^shopstream_click_to_row_seconds_count 1$/m);
    expect(text).toMatch(/^shopstream_click_to_chart_seconds_bucket\{le="60"\} \d$/m);
    for (const name of [
      'shopstream_outbox_events',
      'shopstream_outbox_bytes',
      'process_resident_memory_bytes',
    ]) {
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });
});

describe('dead letters that their topic does not get', () => {
  it('dead letters that wait for their topic make a shop not ready, which says so, until they are there', async () => {
    const line = await startLine({ ingest: false });
    const admin = line.kafka.admin();
    await admin.connect();
    const { clusterId } = await admin.describeCluster();
    await admin.disconnect();
    const ready = () => request(line.url).get('/readyz');
    await line.pool.query(
      `INSERT INTO dead_letters (cluster_id, topic, "partition", "offset", code, reason, rejected_at)
       SELECT cluster, $2, 0, number, 'not_json', 'a test', now() - age * interval '1 second'
       FROM (VALUES ($1, 0, 3600), ($1, 1, 0), ('another cluster', 2, 3600)) AS letter (cluster, number, age)`,
      [clusterId, line.config.KAFKA_TOPIC],
    );
    const { body } = await eventually(async () => {
      const answer = await ready();
      return answer.status === 503 && answer.body.kafka.ok && answer;
    });
    expect(body.dead_letters).toEqual({
      ok: false,
      state: 'at least 1 wait for their topic for more than 120 s',
    });
    await line.pool.query('UPDATE dead_letters SET forwarded_at = now() WHERE "offset" = 0');
    await eventually(async () => (await ready()).status === 200);
  });
});

/** A web part, and an ingest part where it is wanted, on a broker and a server that the test stops and starts. */
async function startApart({ ingest = false } = {}) {
  const [kafkaFolder, postgresFolder] = [temporaryFolder(), temporaryFolder()];
  const [kafkaPort, postgresPort] = [await freePort(), await freePort()];
  const startBroker = (): Promise<Broker> => startTestBroker(kafkaFolder, kafkaPort);
  const startPostgres = (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres(postgresFolder, postgresPort, testLog);
  fillDataFolder(postgresFolder);
  const servers = { broker: await startBroker(), postgres: await startPostgres() };
  const config = await testConfig(kafkaPort, servers.postgres.url);
  const parts = await Promise.all([
    startWeb(config, testLog),
    ...(ingest ? [startIngest(config, testLog)] : []),
  ]);
  onTestFinished(async () => {
    for (const part of parts) await part.close();
    await servers.postgres.stop();
  });
  return { url: `http://127.0.0.1:${config.PORT}`, servers, startBroker, startPostgres };
}

const formOf = (html: string) =>
  Object.fromEntries(
    [
      ...(/<form[^>]*action="\/order"[\s\S]*?<\/form>/.exec(html)?.[0] ?? '').matchAll(
        /<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g,
      ),
    ].map(([, name, value]) => [name, value]),
  );

describe('without Kafka', () => {
  it('without Kafka the shop answers, the collector and the order say 503, and nothing that was kept is lost', {
    timeout: 60_000,
  }, async () => {
    const { url, servers, startBroker } = await startApart({ ingest: true });
    const shopper = request.agent(url);
    await shopper.get('/').expect(200);
    await servers.broker.close();
    const { body } = await eventually(async () => {
      const response = await request(url).get('/readyz');
      return response.status === 503 && response;
    });
    expect(body).toMatchObject({
      ready: false,
      kafka: { ok: false },
      postgres: { ok: true },
      migrations: { ok: true },
    });
    expectNoLeak(JSON.stringify(body));
    await request(url).get('/healthz').expect(200);
    const product = await shopper.get('/product/sneakers').expect(200);
    const form = formOf(product.text);
    const [event, began] = [anEvent(), Date.now()];
    const [collected, ordered] = await Promise.all([
      request(url).post('/api/events').send(event),
      shopper.post('/order').type('form').send(form),
    ]);
    expectError(collected, 503, 'not_acknowledged');
    expect(collected.headers['retry-after']).toMatch(/^\d+$/);
    expectErrorPage(ordered, 503);
    expect(ordered.headers['retry-after']).toMatch(/^\d+$/);
    const again = formOf(ordered.text);
    expect(again.order_id).toBe(form.order_id);
    expect(form).toMatchObject(again);
    expect(Date.now() - began).toBeLessThan(20_000);
    await startBroker();
    for (const id of [event.order_id, form.order_id]) {
      await eventually(async () => (await request(url).get(`/api/events/${id}`)).body.hops?.stored_at);
    }
    await shopper.post('/order').type('form').send(form).expect(303);
    await eventually(async () => (await request(url).get('/readyz')).status === 200);
  });
});

describe('without Postgres', () => {
  it('without Postgres the shop answers, charts say 503 and nothing of the inside, and all is well when it is back', {
    timeout: 60_000,
  }, async () => {
    const { url, servers, startPostgres } = await startApart({ ingest: true });
    const shopper = request.agent(url);
    const first = await shopper.get('/product/clothes').expect(200);
    await servers.postgres.stop();
    const { body } = await request(url).get('/readyz').expect(503);
    expect(body).toEqual({
      ready: false,
      ingest: { ok: true, state: 'unknown while Kafka or Postgres is away' },
      kafka: expect.objectContaining({ ok: true }),
      postgres: { ok: false, state: 'away' },
      migrations: { ok: false, state: 'unknown' },
    });
    await request(url).get('/healthz').expect(200);
    await shopper.get('/').expect(200);
    await shopper.post('/order').type('form').send(formOf(first.text)).expect(303);
    await shopper.get(`/order/${formOf(first.text).order_id}`).expect(200);
    for (const path of [
      '/api/charts/daily',
      '/api/charts/orders',
      '/api/charts/devices',
      '/api/charts/funnel',
      '/api/charts/today',
      `/api/events/${anEvent().order_id}`,
      '/api/dead-letters',
    ]) {
      const response = await request(url).get(path);
      expectError(response, 503, 'postgres');
      expect(response.headers['retry-after']).toMatch(/^\d+$/);
    }
    for (const path of ['/dashboard', `/events/${anEvent().order_id}`, '/events/rejected']) {
      expectErrorPage(await request(url).get(path).set('Accept', 'text/html'), 503);
    }
    const event = anEvent();
    await request(url).post('/api/events').send(event).expect(202);
    servers.postgres = await startPostgres();
    for (const id of [event.order_id, formOf(first.text).order_id]) {
      await eventually(async () => (await request(url).get(`/api/events/${id}`)).body.hops?.stored_at);
    }
    await request(url).get('/api/charts/daily').expect(200);
  });
});

describe('a full outbox', () => {
  it('a full outbox is 503 for the collector and the order, the pages go on', async () => {
    const { url: databaseUrl } = await migratedDatabase();
    const settings = {
      PORT: String(await freePort()),
      DATA_DIR: temporaryFolder(),
      OUTBOX_MB: '1',
      LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: `127.0.0.1:${await freePort()}`,
    };
    const web = await startWeb(readConfig(settings, {}), testLog);
    onTestFinished(() => web.close());
    const url = `http://127.0.0.1:${settings.PORT}`;
    const events = () =>
      Array.from({ length: 400 }, () => anEvent({ context: { referrer: 'x'.repeat(2_000) } }));
    const send = (body: object) =>
      request(url)
        .post('/api/events')
        .send(body)
        .then((answer) => answer);
    const codes = async (sent: readonly ReturnType<typeof send>[]) => {
      const answers = await Promise.all(sent);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      return answers.map(({ body }) => body.error.code).sort();
    };
    // A request is kept as a whole or not at all: there is room for one of these, and then for some single events. What is kept
    // waits for Kafka until its time is up, what is not is refused at once.
    const large = [send(events()), send(events())];
    await Promise.race(large);
    const single = Array.from({ length: 100 }, () => send(events()[0] ?? {}));
    await Promise.race(single);
    const shopper = request.agent(url);
    const page = await shopper.get('/product/clothes').expect(200);
    expectErrorPage(await shopper.post('/order').type('form').send(formOf(page.text)), 503);
    expect(await codes(large)).toEqual(['not_acknowledged', 'not_taken']);
    expect(new Set(await codes(single))).toEqual(new Set(['not_acknowledged', 'not_taken']));
  });
});
