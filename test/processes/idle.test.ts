// What a program that nobody uses asks of its database: the cost of being idle, as statements rather than as time.

import { createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startAggregator } from '../../src/aggregator/realtime/part.ts';
import { startIngest } from '../../src/ingest/part.ts';
import { startLive } from '../../src/live/part.ts';
import { startWeb } from '../../src/web/part.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { eventually, startTestBroker, testConfig, through } from '../support/line.ts';

const LOOKED_SECONDS = 5;
/** A connection that listens is probed every 15 s, and there are three. */
const MOST = 3;
/** Until the parts have started, on a machine that has other work. */
const SETTLED_SECONDS = 60;

/** Forwards to Postgres, and counts how often clients send something. */
async function countingProxy(url: string): Promise<{ readonly port: number; sent: number }> {
  const seen = { port: 0, sent: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = dial(Number(new URL(url).port), '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', () => {
      seen.sent += 1;
    });
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address !== null && typeof address === 'object') seen.port = address.port;
  return seen;
}

it('four parts that nobody uses ask their database at most three times in five seconds', async () => {
  const [{ url }, broker] = await Promise.all([migratedDatabase(), startTestBroker()]);
  const proxy = await countingProxy(url);
  const config = await testConfig(broker.port, through(url, proxy.port));
  for (const start of [startWeb, startIngest, startLive, startAggregator]) {
    const part = await start(config, testLog);
    onTestFinished(() => part.close());
  }
  const asked = async () => {
    const before = proxy.sent;
    await sleep(LOOKED_SECONDS * 1_000);
    return proxy.sent - before;
  };
  expect(proxy.sent).toBeGreaterThan(MOST);
  await eventually(async () => (await asked()) <= MOST, SETTLED_SECONDS);
}, 240_000);
