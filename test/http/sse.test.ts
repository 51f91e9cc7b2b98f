// Streams over real connections.

import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { type Stream, Streams, sseMessage } from '../../src/http/sse.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { errorHandler } from '../../src/web/error-handler.ts';
import { afterFile } from '../support/after-file.ts';
import { eventually } from '../support/eventually.ts';
import { testLog } from '../support/log.ts';

/** A server of streams, those that are open, and how often one was closed. */
async function serverOf(streams: Streams) {
  const open: Stream[] = [];
  const closed = { times: 0 };
  const app = express().set('trust proxy', 1);
  app.get('/api/stream', (req, res) => {
    open.push(streams.open(req, res, () => closed.times++));
  });
  app.use(errorHandler(new Traces(), testLog));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterFile(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ask = async (from = '203.0.113.1', method = 'GET') => {
    const headers = { 'X-Forwarded-For': from };
    const asked: ClientRequest = get({ port, path: '/api/stream', headers, method, agent: false });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.setEncoding('utf8').on('error', () => {});
    return { asked, answer };
  };
  return { open, closed, ask };
}

it('sseMessage writes an event as the standard has it, whatever is in it', () => {
  expect(sseMessage('today', { text: 'a\nb\r\n\n' }).toString()).toBe(
    'event: today\ndata: {"text":"a\\nb\\r\\n\\n"}\n\n',
  );
});

describe('a stream', () => {
  it('a stream begins with how soon to come back, and brings what is sent, by one or by many', async () => {
    const streams = new Streams(5);
    const { open, ask } = await serverOf(streams);
    const { answer } = await ask();
    let text = '';
    answer.on('data', (part) => {
      text += part;
    });
    open[0]?.send('one', 1);
    open[0]?.write(sseMessage('two', 2));
    await eventually(() => text.includes('two'));
    expect(text).toBe('retry: 1000\n\nevent: one\ndata: 1\n\nevent: two\ndata: 2\n\n');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    streams.close();
  });

  it('a stream is told of once when its reader has gone, and is counted until then', async () => {
    const streams = new Streams(5);
    const { closed, ask } = await serverOf(streams);
    const { asked } = await ask();
    expect([streams.size, closed.times]).toEqual([1, 0]);
    asked.destroy();
    await eventually(() => closed.times > 0);
    expect([streams.size, closed.times]).toEqual([0, 1]);
  });

  it('a stream ends with the process, so that readers come back to the next one', async () => {
    const streams = new Streams(5);
    const { ask } = await serverOf(streams);
    const { answer } = await ask();
    answer.resume();
    streams.close();
    await once(answer, 'end');
    expect(answer.complete).toBe(true);
  });

  it('a stream that is asked for by HEAD has the same headers, and is over at once', async () => {
    const streams = new Streams(1);
    const { closed, ask } = await serverOf(streams);
    const { answer } = await ask('203.0.113.1', 'HEAD');
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    answer.resume();
    await eventually(() => closed.times === 1);
    expect(streams.size).toBe(0);
  });
});

it('Streams tells that one is open: at once, again and again, and not once all have ended', async () => {
  const streams = new Streams(5);
  const told = { times: 0 };
  streams.whileOpen(10, () => {
    told.times += 1;
  });
  expect(told.times).toBe(0);
  const { ask } = await serverOf(streams);
  const first = await ask();
  expect(told.times).toBeGreaterThan(0);
  const second = await ask();
  first.asked.destroy();
  await eventually(() => streams.size === 1);
  const before = told.times;
  await eventually(() => told.times > before + 1);
  second.asked.destroy();
  await eventually(() => streams.size === 0);
  const last = told.times;
  await sleep(50);
  expect(told.times).toBe(last);
});

describe('the limit of streams', () => {
  it('the limit of streams is one for all, and those beyond it are told when to come back', async () => {
    const streams = new Streams(2);
    const { ask } = await serverOf(streams);
    await ask('203.0.113.1');
    await ask('203.0.113.2');
    const { answer } = await ask('203.0.113.3');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '10']);
    streams.close();
  });

  it('the limit of streams is one for each address, which has room again when a stream of it has ended', async () => {
    const streams = new Streams(10, 1);
    const { closed, ask } = await serverOf(streams);
    const { asked } = await ask('203.0.113.1');
    expect((await ask('203.0.113.1')).answer.statusCode).toBe(429);
    expect((await ask('203.0.113.2')).answer.statusCode).toBe(200);
    asked.destroy();
    await eventually(() => closed.times === 1);
    expect((await ask('203.0.113.1')).answer.statusCode).toBe(200);
    streams.close();
  });
});
