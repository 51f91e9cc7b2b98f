// Requests that were sent before the one ahead of them was answered.

import { once } from 'node:events';
import { createServer, IncomingMessage, type RequestListener, type ServerOptions } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { oneAtATime, readInSlices } from '../../src/http/one-at-a-time.ts';
import { sendRaw } from '../support/raw-http.ts';

async function listen(listener: RequestListener, options: ServerOptions = {}): Promise<string> {
  const server = createServer(options, oneAtATime(listener)).listen(0, '127.0.0.1');
  server.on('connection', readInSlices);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (path: string, close = false) =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${close ? 'Connection: close\r\n' : ''}\r\n`;
const pathsOf = (times: number) => Array.from({ length: times }, (_, index) => `/${index}`);

describe('oneAtATime', () => {
  it('oneAtATime has one request of a connection in hand, and answers all in their order', async () => {
    let [inHand, most] = [0, 0];
    const url = await listen(async (req, res) => {
      inHand += 1;
      most = Math.max(most, inHand);
      await sleep(1);
      inHand -= 1;
      res.end(`<${req.url}>`);
    });
    const paths = pathsOf(17);
    const answer = await sendRaw(url, paths.map((path) => get(path, path === '/16')).join(''));
    expect(answer.match(/<[^>]+>/g)).toEqual(paths.map((path) => `<${path}>`));
    expect(most).toBe(1);
  });

  it('oneAtATime refuses a connection that sends 2,300 in 58 kB, after what it has in hand', async () => {
    const handed: (string | undefined)[] = [];
    const url = await listen((req, res) => {
      handed.push(req.url);
      setTimeout(() => res.end('<answer>'), 50);
    });
    const answer = await sendRaw(url, get('/').repeat(2_300));
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 429']);
    expect(answer).toMatch(/Connection: close[\s\S]*too many pipelined requests on this connection/);
    expect(handed).toEqual(['/']);
  });

  it('oneAtATime makes requests of no more than the first slice of them', async () => {
    let made = 0;
    class Counted extends IncomingMessage {
      constructor(socket: Socket) {
        super(socket);
        made += 1;
      }
    }
    const url = await listen((_req, res) => res.end('<answer>'), { IncomingMessage: Counted });
    await sendRaw(url, get('/').repeat(2_300));
    expect(made).toBeLessThan(200);
  });

  it.each([1, 4_095, 4_096, 4_097, 100_000, 1_000_000])(
    'oneAtATime reads a body of %i bytes as it was sent',
    async (size) => {
      const body = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
      const url = await listen((req, res) => {
        const parts: Buffer[] = [];
        req.on('data', (part) => parts.push(part)).on('end', () => res.end(Buffer.concat(parts)));
      });
      const answer = await fetch(url, { method: 'POST', body });
      expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
    },
  );

  it('oneAtATime reads on where an answer was slow to be taken', async () => {
    const url = await listen((req, res) => res.end(`<${req.url}>${'x'.repeat(1_000_000)}`));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const padding = 'x'.repeat(8_000);
    socket.pause().write(
      pathsOf(10)
        .map((path) => get(`${path}?${padding}`, path === '/9'))
        .join(''),
    );
    await sleep(100);
    let text = '';
    socket.on('data', (part) => {
      text += part;
    });
    await once(socket.resume(), 'close');
    expect(text.match(/<[^?]+/g)).toEqual(pathsOf(10).map((path) => `<${path}`));
  });

  it('oneAtATime forgets what waited on a connection that is gone', async () => {
    const handed: (string | undefined)[] = [];
    let close = () => {};
    const url = await listen((req) => {
      handed.push(req.url);
      close = () => req.socket.destroy();
    });
    const asked = sendRaw(
      url,
      pathsOf(3)
        .map((path) => get(path))
        .join(''),
    );
    while (handed.length === 0) await sleep(5);
    close();
    await asked;
    await sleep(20);
    expect(handed).toEqual(['/0']);
  });
});
