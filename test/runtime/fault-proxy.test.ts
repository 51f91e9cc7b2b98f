import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { FaultProxy, type ProxyMode, preambleTo } from '../../src/runtime/fault-proxy.ts';
import { eventually } from '../support/eventually.ts';

/** A server that answers what it is told, in capitals. */
async function startEcho(): Promise<{ host: string; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).on('data', (chunk) => socket.write(String(chunk).toUpperCase()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

async function proxyTo(target: { host: string; port: number } | undefined, mode: ProxyMode = 'pass') {
  const proxy = new FaultProxy(target);
  proxy.mode = mode;
  const port = await proxy.listen();
  onTestFinished(() => proxy.close());
  return { proxy, port };
}

/** A client, and what it has heard. */
async function dial(port: number) {
  const socket: Socket = connect(port, '127.0.0.1').on('error', () => {});
  const seen = { heard: '', closed: false };
  socket.on('data', (chunk) => {
    seen.heard += chunk;
  });
  socket.on('close', () => {
    seen.closed = true;
  });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return { socket, seen };
}

it('what passes comes out as it was, in its order, and is counted as one connection', async () => {
  const { proxy, port } = await proxyTo(await startEcho());
  const { socket, seen } = await dial(port);
  for (const word of ['one ', 'two ', 'three']) socket.write(word);
  await eventually(() => seen.heard === 'ONE TWO THREE');
  expect(proxy.made).toBe(1);
});

it('what a slow server says comes later, and in its order', async () => {
  const { proxy, port } = await proxyTo(await startEcho(), 'slow');
  proxy.delayMs = 150;
  const { socket, seen } = await dial(port);
  const began = performance.now();
  socket.write('one ');
  socket.write('two');
  await eventually(() => seen.heard === 'ONE TWO');
  expect(performance.now() - began).toBeGreaterThanOrEqual(149);
});

it('a connection that is cut ends, and those after it too', async () => {
  const { proxy, port } = await proxyTo(await startEcho());
  const before = await dial(port);
  before.socket.write('one');
  await eventually(() => before.seen.heard === 'ONE');
  proxy.mode = 'cut';
  proxy.cut();
  const after = await dial(port);
  await eventually(() => before.seen.closed && after.seen.closed);
  expect(after.seen.heard).toBe('');
});

it('a silent proxy keeps connections open and lets nothing through, also where it is another one afterwards', async () => {
  const { proxy, port } = await proxyTo(await startEcho());
  const before = await dial(port);
  before.socket.write('one');
  await eventually(() => before.seen.heard === 'ONE');
  expect(proxy.swallow()).toBe(1);
  expect(proxy.swallow()).toBe(0);
  proxy.mode = 'silent';
  const during = await dial(port);
  for (const { socket } of [before, during]) socket.write('two');
  proxy.mode = 'pass';
  const after = await dial(port);
  after.socket.write('three');
  await eventually(() => after.seen.heard === 'THREE');
  expect([before.seen, during.seen]).toEqual([
    { heard: 'ONE', closed: false },
    { heard: '', closed: false },
  ]);
});

it('a proxy to anywhere leads to the server that the first line names, also in pieces, with what follows it', async () => {
  const [one, other] = [await startEcho(), await startEcho()];
  const { proxy, port } = await proxyTo(undefined);
  for (const target of [one, other]) {
    const { socket, seen } = await dial(port);
    const text = `${preambleTo(proxy.token, target)}hello`;
    socket.write(text.slice(0, 10));
    await new Promise((resolve) => setTimeout(resolve, 5));
    socket.write(text.slice(10));
    await eventually(() => seen.heard === 'HELLO');
  }
});

it.each([
  ['another token', (token: string) => `${token.replace(/^./, 'x')} 127.0.0.1 PORT\n`],
  ['no port', (token: string) => `${token} 127.0.0.1\n`],
  ['a port that is none', (token: string) => `${token} 127.0.0.1 -5\n`],
  ['nothing but a token', (token: string) => `${token}\n`],
  ['a line without end', () => 'x'.repeat(400)],
])('a proxy to anywhere closes whoever comes with %s', async (_, line) => {
  const { port: target } = await startEcho();
  const { proxy, port } = await proxyTo(undefined);
  const { socket, seen } = await dial(port);
  socket.write(line(proxy.token).replace('PORT', String(target)));
  await eventually(() => seen.closed);
  expect(seen.heard).toBe('');
});

it('a server that is not there closes the connection to the proxy', async () => {
  const { port: gone } = await startEcho();
  const { port } = await proxyTo({ host: '127.0.0.1', port: gone === 1 ? 2 : 1 });
  const { seen } = await dial(port);
  await eventually(() => seen.closed);
});
