import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { watchedSockets } from '../../src/kafka/sockets.ts';

const [FETCH, JOIN_GROUP, SYNC_GROUP] = [1, 11, 14];
const ANSWER_MS = 300;

/** A connection to a server that reads and answers with what it is told to. */
async function connected(answer: (socket: Socket) => void = () => {}) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => answer(socket));
    onTestFinished(() => void socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  let isConnected = () => {};
  const connecting = new Promise<void>((resolve) => {
    isConnected = resolve;
  });
  const socket = watchedSockets(ANSWER_MS)({
    host: '127.0.0.1',
    port,
    ssl: undefined,
    onConnect: isConnected,
  } as never);
  onTestFinished(() => void socket.destroy());
  await connecting;
  const ended = new Promise<string>((resolve) => {
    socket.once('error', ({ name }: Error) => resolve(name));
  });
  return { socket, ended };
}
/** A request's size, API key and version. */
const request = (key: number) => Buffer.from([0, 0, 0, 4, 0, key, 0, 0]);
const after = (ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve('open'), ms));

it('a connection whose request is not answered in time is ended', async () => {
  const { socket, ended } = await connected();
  socket.write(request(FETCH));
  expect(await ended).toBe('ResponseTimeoutError');
});

it.each([
  ['is asked nothing', -1],
  ['waits for the members of its group to join', JOIN_GROUP],
  ['waits for its share', SYNC_GROUP],
])('a connection that %s is not ended', async (_, key) => {
  const { socket, ended } = await connected();
  if (key >= 0) socket.write(request(key));
  expect(await Promise.race([ended, after(5 * ANSWER_MS)])).toBe('open');
});

it('the time is that of the request that was sent last, however short what is sent', async () => {
  const { socket, ended } = await connected((own) => own.write('an answer'));
  socket.write(request(JOIN_GROUP));
  await once(socket, 'data');
  expect(await Promise.race([ended, after(2 * ANSWER_MS)])).toBe('open');
  const { socket: silent, ended: over } = await connected();
  silent.write(request(JOIN_GROUP));
  silent.write(Buffer.from([0, 0]));
  expect(await over).toBe('ResponseTimeoutError');
});
