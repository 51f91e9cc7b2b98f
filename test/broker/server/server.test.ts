// The port, and who may connect to it.

import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../src/broker/server/server.ts';
import { offlineBroker } from '../offline-broker.ts';
import { testBroker } from '../running-broker.ts';
import { type WireClient, wireClient } from '../wire-client.ts';

const several = (count: number, port: number) =>
  Promise.all(Array.from({ length: count }, () => wireClient(port)));
const isServed = async (client: WireClient) => (await client.ask(18, 0)).int16() === 0;

test('one connection more than allowed is closed at once, and its place is free again later', async () => {
  const { port } = await testBroker({ maxConnections: 3 });
  const [first, ...others] = await several(3, port);
  const fourth = await wireClient(port);
  await fourth.closed;
  expect(await Promise.all(others.map(isServed))).toEqual([true, true]);
  first?.close();
  await expect.poll(async () => isServed(await wireClient(port)).catch(() => false)).toBe(true);
});

test('a port of 0 is one that is free, and is free again once all is closed, also connections', async () => {
  const { context } = offlineBroker({ port: 0 });
  const listener = await listen(context);
  const client = await wireClient(listener.port);
  expect(await isServed(client)).toBe(true);
  await listener.close();
  await client.closed;
  const next = createServer().listen(listener.port, '127.0.0.1');
  onTestFinished(() => void next.close());
  await new Promise((resolve, reject) => {
    next.once('listening', resolve);
    next.once('error', reject);
  });
});

test.each([
  ['BROKER_PORT_TAKEN', '127.0.0.1'],
  ['BROKER_HOST_UNAVAILABLE', '192.0.2.1'],
])('what can not be listened at is a %s', async (code, host) => {
  const { port } = await testBroker();
  const { context } = offlineBroker({ port, host });
  await expect(listen(context)).rejects.toMatchObject({ code, cause: expect.any(Error) });
});
