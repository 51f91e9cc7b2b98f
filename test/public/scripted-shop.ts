// A shop that says what a test has written down: the real views, scripts, sockets and streams, with no broker and no database behind them.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../src/runtime/paths.ts';
import { afterFile } from '../support/after-file.ts';

const PUBLIC = path.join(packageRoot, 'public');
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };
/** How soon a browser comes back to a stream that has ended. */
const RETRY_MS = 20;

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
};
export type Answer = { readonly status?: number; readonly body: unknown };

/** A stream of server-sent events. */
class ScriptedStream {
  readonly #listeners = new Set<ServerResponse>();
  /** How often it was opened. */
  opened = 0;
  /** Whoever asks for it is refused with 503. */
  isAway = false;
  /** What whoever connects is told first. */
  greeting: readonly (readonly [name: string, data: unknown])[] = [];

  get listeners(): number {
    return this.#listeners.size;
  }

  open(res: ServerResponse): void {
    if (this.isAway) {
      res.writeHead(503).end();
      return;
    }
    this.opened += 1;
    this.#listeners.add(res);
    res.once('close', () => this.#listeners.delete(res));
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write(`retry: ${RETRY_MS}\n\n`);
    for (const [name, data] of this.greeting) res.write(eventOf(name, data));
  }

  tell(name: string, data: unknown): void {
    for (const res of this.#listeners) res.write(eventOf(name, data));
  }

  /** Ends all connections; browsers come back by themselves. */
  drop(): void {
    for (const res of this.#listeners) res.destroy();
  }
}

const eventOf = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** Starts one; it is closed after the file's tests. */
export async function scriptedShop() {
  /** HTML by path. */
  const pages = new Map<string, string>();
  /** JSON by path. */
  const answers = new Map<string, (asked: Asked) => Answer | Promise<Answer>>();
  const streams = new Map<string, ScriptedStream>();
  const asked: Asked[] = [];

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(req.url ?? '', 'http://shop');
    const stream = streams.get(pathname);
    if (stream !== undefined) return stream.open(res);
    const answer = answers.get(pathname);
    if (answer !== undefined) {
      const question = { method: req.method ?? '', path: pathname, query, body: await text(req) };
      asked.push(question);
      const { status = 200, body } = await answer(question);
      res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      return;
    }
    const page = pages.get(pathname);
    if (page !== undefined) {
      res
        .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' })
        .end(page);
      return;
    }
    const type = TYPES[path.extname(pathname)];
    const file =
      type === undefined ? undefined : await readFile(path.join(PUBLIC, pathname)).catch(() => undefined);
    if (type === undefined || file === undefined) res.writeHead(404).end();
    else res.writeHead(200, { 'Content-Type': type }).end(file);
  }

  const server = createServer((req, res) => {
    serve(req, res).catch((error) => res.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterFile(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** The stream at a path, which is there from now on. */
  function stream(at: string): ScriptedStream {
    const known = streams.get(at) ?? new ScriptedStream();
    streams.set(at, known);
    return known;
  }
  return { url, pages, answers, asked, stream };
}
