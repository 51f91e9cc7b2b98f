import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { socketTo, takeDetours } from '../../src/runtime/detour.ts';
import { FaultProxy } from '../../src/runtime/fault-proxy.ts';

afterEach(() => takeDetours({ kafka: null, postgres: null }));

/** A server that greets whoever comes. */
async function startServer(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).write('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function startProxy(): Promise<{ proxy: FaultProxy; port: number; token: string }> {
  const proxy = new FaultProxy();
  const port = await proxy.listen();
  onTestFinished(() => proxy.close());
  return { proxy, port, token: proxy.token };
}

async function greeted(server: 'kafka' | 'postgres', port: number): Promise<Socket> {
  const socket = socketTo(server);
  onTestFinished(() => void socket.destroy());
  // Its end is looked at where a test is about that.
  socket.on('error', () => {}).connect(port, '127.0.0.1');
  const [greeting] = await once(socket, 'data');
  expect(String(greeting)).toBe('hello');
  return socket;
}

it('a socket leads to its server, straight or by the detour of that server alone', async () => {
  const port = await startServer();
  const { proxy, ...detour } = await startProxy();
  await greeted('kafka', port);
  expect(proxy.made).toBe(0);
  takeDetours({ kafka: detour, postgres: null });
  await greeted('kafka', port);
  await greeted('postgres', port);
  expect(proxy.made).toBe(1);
});

it('open connections end where a detour begins, and go on where it stays or is over', async () => {
  const port = await startServer();
  const [first, second] = [await startProxy(), await startProxy()];
  const [kafka, postgres] = [await greeted('kafka', port), await greeted('postgres', port)];
  const ended = once(kafka, 'error');
  takeDetours({ kafka: first, postgres: null });
  expect(String((await ended)[0])).toContain('the connection was cut for a fault');
  expect(postgres.destroyed).toBe(false);
  const onDetour = await greeted('kafka', port);
  takeDetours({ kafka: first, postgres: null });
  takeDetours({ kafka: null, postgres: null });
  expect(onDetour.destroyed).toBe(false);
  const over = once(onDetour, 'error');
  takeDetours({ kafka: second, postgres: null });
  await over;
});
