// What comes over the socket need not be HTTP.

import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectNoLeak } from '../support/answers.ts';
import { type Line, startLine } from '../support/line.ts';
import { sendRaw } from '../support/raw-http.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ ingest: false });
});

it('a connection is kept for longer than balancers keep theirs', async () => {
  const { headers } = await request(line.url).get('/healthz').set('Connection', 'keep-alive').expect(200);
  expect(headers['keep-alive']).toBe('timeout=65');
});

it('a thousand connections at once are all made before any of them is accepted', async () => {
  const port = Number(new URL(line.url).port);
  const sockets = Array.from({ length: 1_000 }, () => connect(port, '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => {});
  // Sockets are connected by then, and the server has not had its turn.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  const states = statesTo(port);
  for (const socket of sockets) socket.destroy();
  expect(states.filter((state) => state === ESTABLISHED).length).toBeGreaterThanOrEqual(1_000);
  expect(states).not.toContain(SYN_SENT);
});

describe('a client that has closed its side', () => {
  /** Sends bytes and FIN at once; all that comes back. */
  const sendAndClose = async (bytes: string): Promise<string> => {
    const { hostname, port } = new URL(line.url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    socket.end(bytes);
    return text(socket);
  };

  it.each([
    ['a page', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a chart', 'GET /api/charts/daily HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('a client that has closed its side gets the whole answer: %s', async (_name, bytes) => {
    const answer = await sendAndClose(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toMatch(/(?:<\/html>|\})\s*(?:0\s*)?$/);
  });

  it('a client that has closed its side is no reader of a stream any more', async () => {
    expect(await sendAndClose('GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n')).not.toContain(
      'still here',
    );
  });
});

it('headers of 200 kB are told that they are too large, also to a client that reads nothing before it has sent them all', async () => {
  const { hostname, port } = new URL(line.url);
  const socket = connect({ host: hostname, port: Number(port) });
  const send = (bytes: string) =>
    new Promise<void>((resolve, reject) =>
      socket.write(bytes, (error) => (error ? reject(error) : resolve())),
    );
  await send('GET /?');
  for (let piece = 0; piece < 10; piece += 1) {
    await send('a'.repeat(20_000));
    await sleep(30); // the server has answered meanwhile, and would have closed
  }
  await send(' HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 431 .+headers_too_large/s);
});

const [ESTABLISHED, SYN_SENT] = ['01', '02'];

/** Linux's states of the connections whose other end is this port. */
function statesTo(port: number): readonly string[] {
  const end = `:${port.toString(16).padStart(4, '0').toUpperCase()}`;
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , remote]) => remote?.endsWith(end))
    .map(([, , , state = '']) => state);
}

describe('what is not HTTP', () => {
  it.each([
    ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n', 400],
    ['a broken request line', 'GET / HTTP/9\r\n\r\n', 400],
    ['an unknown method', 'BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [
      'two lengths',
      'POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
      400,
    ],
    [
      'a length beside chunks',
      'POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a negative length', 'POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n', 400],
    ['a header that is split', 'GET / HTTP/1.1\r\nHost: localhost\r\nA: b\rSet-Cookie: x\r\n\r\n', 400],
    ['a path of 20 kB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    [
      'an unknown expectation',
      'GET / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
      417,
    ],
  ])('what is not HTTP gets a clear status: %s', async (_name, bytes, status) => {
    const answer = await sendRaw(line.url, Buffer.from(bytes, 'latin1'));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expectNoLeak(answer);
    expect(answer.split('\r\n\r\n')[1]).not.toBe('');
  });

  it.each([
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400, 'host'],
    ['two Hosts', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n', 400, 'host'],
    ['one Host twice', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n', 400, 'host'],
    [
      'a tunnel',
      'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n',
      405,
      'method_not_allowed',
    ],
    ['an expectation', 'GET / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n', 417, 'expectation'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'not_http',
    ],
  ])('what is not HTTP is told in JSON what is wrong: %s', async (_name, bytes, status, code) => {
    const answer = await sendRaw(
      line.url,
      bytes.replace('\r\n\r\n', '\r\nAccept: application/json\r\nConnection: close\r\n\r\n'),
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const [, body = ''] = answer.split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({ error: { code, message: expect.stringMatching(/\w/) } });
  });

  it('a client whose body ended early is told so', async () => {
    const { hostname, port } = new URL(line.url);
    const socket = connect(Number(port), hostname);
    socket.end('POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{}');
    expect(await text(socket)).toContain('the request ended early');
  });

  it('the server answers a client of HTTP/1.0 that names no Host', async () => {
    expect(await sendRaw(line.url, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('the server refuses an absolute address of another host as it does a Host header', async () => {
    for (const [address, host] of [
      ['http://evil.example/product/sneakers', 'localhost'],
      ['http://evil.example', 'evil.example'],
      ['https://evil.example?x', 'localhost'],
    ]) {
      const answer = await sendRaw(
        line.url,
        `GET ${address} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
      expect(answer).not.toMatch(/(?:href|action|src)="https?:\/\/evil/);
    }
    const own = await sendRaw(
      line.url,
      'GET http://localhost/product/sneakers HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(own).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('what is not HTTP does not keep others waiting, even where a hundred begin and never end', async () => {
    const { hostname, port } = new URL(line.url);
    const sockets = Array.from({ length: 100 }, () => connect(Number(port), hostname));
    for (const socket of sockets)
      socket.on('error', () => {}).write('POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Le');
    await request(line.url).get('/healthz').expect(200);
    for (const socket of sockets) socket.destroy();
  });
});
