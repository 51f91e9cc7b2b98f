import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endOnResponseTimeout, ResponseTimeoutError } from '../../src/runtime/response-timeout.ts';

const TIMEOUT_MS = 500;

/** A watched client of a server that does `answer` with each socket. */
async function watched(answer: (socket: Socket) => void): Promise<Socket> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // the client's end of a test may be a reset here
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, 'connect');
  endOnResponseTimeout(socket, () => TIMEOUT_MS);
  socket.resume();
  return socket;
}

const echo = (socket: Socket) => void socket.pipe(socket);

describe('endOnResponseTimeout', () => {
  it('endOnResponseTimeout ends a socket that was asked something and says nothing', async () => {
    const socket = await watched((server) => server.resume());
    socket.write('ping');
    const [error] = await once(socket, 'error');
    expect(error).toBeInstanceOf(ResponseTimeoutError);
    expect(socket.destroyed).toBe(true);
  });

  it('endOnResponseTimeout ends one whose answer to the next question, asked as soon as it had the first, never comes', async () => {
    const socket = await watched((server) => {
      server.once('data', () => server.write('one answer'));
    });
    socket.once('data', () => socket.write('the next question'));
    socket.write('ping');
    const [error] = await once(socket, 'error');
    expect(error).toBeInstanceOf(ResponseTimeoutError);
  });

  it('endOnResponseTimeout leaves one alone that is asked nothing, before and after it has answered', async () => {
    const socket = await watched(echo);
    await sleep(TIMEOUT_MS * 2);
    socket.write('ping');
    await sleep(TIMEOUT_MS * 2);
    expect(socket.destroyed).toBe(false);
  });

  it('endOnResponseTimeout leaves one alone that is always asked something and always answers', async () => {
    const socket = await watched(echo);
    socket.on('data', () => socket.write('ping'));
    socket.write('ping');
    await sleep(TIMEOUT_MS * 3);
    expect(socket.destroyed).toBe(false);
  });
});
