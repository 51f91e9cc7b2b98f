import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import express, { type Request, type Response } from 'express';
import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Turns } from '../../src/http/turns.ts';

/** As much of a request as tells its address. */
const from = (ip: string) => ({ ip, headers: {}, app: { get: () => 0 } }) as unknown as Request;

const work = (milliseconds: number) => {
  const ends = performance.now() + milliseconds;
  while (performance.now() < ends);
};

describe('Turns', () => {
  it('Turns goes round by address, each in the order in which it asked', async () => {
    const turns = new Turns();
    const take = turns.take();
    const begun: string[] = [];
    const all = ['a1', 'a2', 'a3', 'b1', 'c1', 'c2'].map(
      (name) =>
        new Promise<void>((resolve) => {
          take(from(`203.0.113.${name.charCodeAt(0)}`), {} as Response, () => {
            begun.push(name);
            resolve();
          });
        }),
    );
    await Promise.all(all);
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('Turns goes round where pages are rendered, too, whose models came all at once', async () => {
    const app = express()
      .set('trust proxy', 1)
      .set('views', import.meta.dirname)
      .set('view engine', 'ts');
    const rendered: string[] = [];
    app.engine('ts', (_file, { name }: { name?: string }, done) => {
      rendered.push(name ?? '');
      done(null, name);
    });
    new Turns().takeToRender(app);
    const waiting = new Map<string, () => void>();
    app.get('/:name', ({ params: { name } }, res) => {
      waiting.set(name, () => res.render('turns.test.ts', { name }));
      if (waiting.size === 4) for (const render of [...waiting].toSorted()) render[1]();
    });
    const ask = (name: string) =>
      request(app)
        .get(`/${name}`)
        .set('x-forwarded-for', `203.0.113.${name.charCodeAt(0)}`)
        .expect(200, name);
    await Promise.all(['a1', 'a2', 'a3', 'b1'].map(ask));
    expect(rendered).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  it('Turns lets in clients that wait to be connected, between slices of work', async () => {
    const CLIENTS = 100;
    const turns = new Turns();
    let [connected, done, doneBeforeLast] = [0, 0, 0];
    const app = express().use(turns.take(), (_req, res) => {
      work(10);
      done += 1;
      res.end();
    });
    const server = createServer(app).on('connection', () => {
      turns.noteConnection();
      connected += 1;
      if (connected === CLIENTS) doneBeforeLast = done;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const sockets = Array.from({ length: CLIENTS }, () => connect(port, '127.0.0.1'));
    for (const socket of sockets) socket.write('GET / HTTP/1.0\r\n\r\n');
    await Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
    expect(done).toBe(CLIENTS);
    expect(doneBeforeLast).toBeLessThan(0.8 * CLIENTS);
  });

  it('looks for new requests after a slice of work', async () => {
    const take = new Turns().take();
    let done = 0;
    const seen: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      take(from('203.0.113.1'), {} as Response, () => {
        work(11);
        done += 1;
      });
    }
    while (done < 20) {
      await new Promise(setImmediate);
      seen.push(done);
    }
    // One at a time, as each is longer than a slice.
    expect(seen.every((count, index) => count - (seen[index - 1] ?? 0) <= 1)).toBe(true);
  });
});
