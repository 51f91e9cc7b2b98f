// A small HTTP client for shoppers: keeps connections alive, leaves cookies to the caller, and follows no redirects.

import { Agent, type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as SecureAgent } from 'node:https';

const ANSWER_MS = 15_000;

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};
export type Asked = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
};

/** Cookies by name, as a browser keeps them. */
export type Cookies = Map<string, string>;

export class HttpClient {
  readonly #base: URL;
  readonly #agent: Agent;

  /** @param base http:// or https://, with the path that the shop is below, where it is below one */
  constructor(base: string) {
    this.#base = new URL(base);
    const options = { keepAlive: true, maxSockets: 256 };
    this.#agent = this.#base.protocol === 'https:' ? new SecureAgent(options) : new Agent(options);
  }

  /** @throws where there is no response in time */
  ask({ method, path, headers, body }: Asked, cookies: Cookies): Promise<Answer> {
    const send = this.#base.protocol === 'https:' ? requestHttps : requestHttp;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const own = {
      ...headers,
      ...(cookie === '' ? {} : { cookie }),
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
      const req = send(
        new URL(this.urlOf(path)),
        { method, headers: own, agent: this.#agent, timeout: ANSWER_MS },
        (res) => {
          const chunks: Buffer[] = [];
          res.on('data', (chunk: Buffer) => chunks.push(chunk));
          res.on('error', reject);
          res.on('end', () => {
            keep(cookies, res.headers['set-cookie']);
            resolve({
              status: res.statusCode ?? 0,
              headers: res.headers,
              body: Buffer.concat(chunks).toString('utf8'),
            });
          });
        },
      );
      req.on('timeout', () => req.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
      req.on('error', reject);
      req.end(body);
    });
  }

  /** The whole address of a path, which begins with a slash. */
  urlOf(path: string): string {
    return new URL(this.#base.pathname.replace(/\/$/, '') + path, this.#base).href;
  }

  close(): void {
    this.#agent.destroy();
  }
}

function keep(cookies: Cookies, set: readonly string[] | undefined): void {
  for (const line of set ?? []) {
    const [pair = ''] = line.split(';', 1);
    const at = pair.indexOf('=');
    if (at > 0) cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
