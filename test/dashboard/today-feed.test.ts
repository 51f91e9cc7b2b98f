import express from 'express';
import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TodayAnswer } from '../../src/dashboard/audience.ts';
import { TodayFeed } from '../../src/dashboard/today-feed.ts';
import { USUAL } from '../../src/events/whose.ts';
import { listenHttp } from '../../src/http/server.ts';
import { Streams } from '../../src/http/sse.ts';
import { storeBatch } from '../../src/ingest/store.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { errorHandler } from '../../src/web/error-handler.ts';
import { expectError } from '../support/answers.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startLine } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { readStream } from '../support/sse.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';

/** A server with nothing but the stream, on a clock that the test sets. */
async function liveServer({ now = () => new Date(), timeZone = 'UTC', limit = 10 } = {}) {
  const { pool } = await migratedDatabase(timeZone);
  const [streams, traces, port] = [new Streams(limit), new Traces(), await freePort()];
  const live = new TodayFeed(pool, streams, testLog, traces, now);
  const app = express()
    .get('/api/live', (req, res) => live.open(req, res, USUAL))
    .use(errorHandler(traces, testLog));
  const server = await listenHttp(app, '127.0.0.1', port, testLog);
  onTestFinished(() => {
    live.close();
    streams.close();
    server.closeAllConnections();
    server.close();
  });
  let offset = 0n;
  const store = async (time: string) => {
    const record = {
      offset,
      timestamp: 0,
      key: null,
      value: Buffer.from(JSON.stringify(anEvent({ time, title: 'order' }))),
    };
    const subscription = { clusterId: 'test', group: 'test', topic: 'ecommerce' };
    await storeBatch(
      pool,
      subscription,
      { partition: 0, records: [record] },
      offset === 0n ? undefined : offset,
      offset + 1n,
    );
    offset += 1n;
  };
  return { live, streams, store, url: `http://127.0.0.1:${port}/api/live` };
}

const total = (today: TodayAnswer | undefined) => today?.rows.reduce((sum, { count }) => sum + count, 0);

describe('the live stream', () => {
  it('the live stream sends today at once, and again after each commit', async () => {
    const line = await startLine({ timeZone: zoneWhereItIsNoon() });
    const stream = readStream<TodayAnswer>(`${line.url}/api/live`);
    expect(total(await stream.until('today', () => true))).toBe(0);
    expect(stream.headers()).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
    });
    expect(stream.headers()).not.toHaveProperty('content-encoding');
    await request(line.url).post('/api/events').send(anEvent()).expect(202);
    await stream.until('today', (today) => total(today) === 1);
    await stream.until('changed', () => true);
    await request(line.url).post('/api/events').send([anEvent(), anEvent()]).expect(202);
    await stream.until('today', (today) => total(today) === 3);
  });

  it('the live stream begins with the whole day for whoever comes once the last reader has gone', async () => {
    const { live, store, url } = await liveServer({ now: () => new Date('2026-03-02T12:00:00Z') });
    await store('2026-03-02T09:00:00.000Z');
    for (let reader = 0; reader < 3; reader += 1) {
      const stream = readStream<TodayAnswer & { readonly orders_since?: string }>(url);
      const first = await stream.until('today', () => true);
      expect(first.orders_since).toBeUndefined();
      expect(first.orders).toHaveLength(1);
      stream.close();
      await eventually(() => live.readers === 0);
    }
  });

  it('the live stream starts a new day at midnight of the zone, without any event', async () => {
    // One second before midnight in Tokyo.
    let now = new Date('2026-03-01T14:59:59.000Z');
    const { url, store, live } = await liveServer({ now: () => now, timeZone: 'Asia/Tokyo' });
    await store('2026-03-01T14:00:00.000Z');
    const stream = readStream<TodayAnswer>(url);
    const before = await stream.until('today', () => true);
    expect([before.meta.day, total(before), before.orders.length]).toEqual(['2026-03-01', 1, 1]);
    now = new Date('2026-03-01T15:00:00.500Z');
    const after = await stream.until('today', ({ meta }) => meta.day === '2026-03-02');
    expect([total(after), after.orders]).toEqual([0, []]);
    expect(after.meta).toMatchObject({ time_zone: 'Asia/Tokyo', as_of: '2026-03-01T15:00:00.500Z' });
    await store('2026-03-01T15:00:00.100Z');
    live.stored();
    expect(total(await stream.until('today', (today) => total(today) !== 0))).toBe(1);
  });

  it('today is compared with yesterday until the same time of day, where a day has 23 hours too', async () => {
    // Berlin, the day after the clock went forward: 10:00 is 08:00 UTC, and was 09:00 UTC the Saturday before.
    const { url, store } = await liveServer({
      now: () => new Date('2026-03-30T08:00:00.000Z'),
      timeZone: 'Europe/Berlin',
    });
    for (const time of ['2026-03-28T23:00:00.000Z', '2026-03-29T07:59:00.000Z', '2026-03-29T08:00:00.000Z'])
      await store(time);
    const { yesterday } = await readStream<TodayAnswer>(url).until('today', () => true);
    expect(yesterday).toEqual([{ title: 'order', count: 2 }]);
  });

  it('the live stream takes no more readers than it may, and takes others when some have gone', async () => {
    const { url, live } = await liveServer({ limit: 2 });
    const readers = [readStream(url), readStream(url)];
    await Promise.all(readers.map((reader) => reader.until('today', () => true)));
    const response = await request(url).get('').set('Accept', 'application/json');
    expectError(response, 503, 'too_many_streams');
    expect(response.headers['retry-after']).toBe('10');
    readers[0]?.close();
    await eventually(() => live.readers === 1);
    await readStream(url).until('today', () => true);
  });

  it('the live stream cuts off a reader that does not read, and goes on for the others', async () => {
    const { url, live, streams } = await liveServer();
    const good = readStream(url);
    await good.until('today', () => true);
    const app = express().get('/', (req, res) => {
      const stream = streams.open(req, res, () => {});
      const timer = setInterval(() => stream.send('much', 'x'.repeat(500_000)), 5);
      res.once('close', () => clearInterval(timer));
    });
    const port = await freePort();
    const server = await listenHttp(app, '127.0.0.1', port, testLog);
    const slow = readStream(`http://127.0.0.1:${port}/`);
    await slow.until('much', () => true);
    expect(streams.size).toBe(2);
    slow.pause();
    await eventually(() => streams.size === 1);
    live.stored();
    await good.until('changed', () => true);
    server.close();
  });

  it('the live stream is ended with the process, so that readers come back to the next', async () => {
    const { url, streams } = await liveServer();
    const stream = readStream(url);
    await stream.until('today', () => true);
    expect(stream.text()).toContain('retry: 1000');
    streams.close();
    await stream.ended;
    await eventually(() => streams.size === 0);
  });
});
