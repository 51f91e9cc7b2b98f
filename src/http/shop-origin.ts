// The host names that the shop accepts, and its own origin. After DNS rebinding a page of another site has the same origin as the shop in
// the browser, and only the Host header shows it. So requests are accepted only for names that nobody else can own: loopback names and
// addresses with any port, HOST, and PUBLIC_URL.

import type { Request, RequestHandler } from 'express';
import { HttpError } from './errors.ts';
import { readForwarded } from './forwarded.ts';
import { hostnameOf, isLoopback } from './host.ts';

/** PUBLIC_URL, split: https://example.org/shop has the path `/shop`; without a path it is empty. */
export type PublicUrl = { readonly origin: string; readonly hostname: string; readonly path: string };

/** Values of HOST with which the shop listens on every address of its machine. */
const EVERY_ADDRESS = ['0.0.0.0', '::'];

export class ShopOrigin {
  readonly #names: ReadonlySet<string>;
  readonly #listensEverywhere: boolean;
  readonly #publicUrl: PublicUrl | undefined;
  readonly #proxies: number;

  /**
   * @param host HOST
   * @param proxies number of reverse proxies before the shop, whose headers replace Host
   */
  constructor(host: string, publicUrl: PublicUrl | undefined, proxies: number) {
    const own = hostnameOf(host.includes(':') ? `[${host.replace(/%.*$/, '')}]` : host);
    this.#names = new Set([own, publicUrl?.hostname].filter((name) => name !== undefined));
    this.#listensEverywhere = EVERY_ADDRESS.includes(host);
    this.#publicUrl = publicUrl;
    this.#proxies = proxies;
  }

  /** The path below which browsers find the shop: empty, or like `/shop`. */
  get path(): string {
    return this.#publicUrl?.path ?? '';
  }

  /** A handler to go before all routes: a request for a name that isn't ours is 421 (RFC 9110, 15.5.20). */
  gate(): RequestHandler {
    return (req, _res, next) => {
      requireOneHost(req);
      const stranger = this.#hosts(req).find((host) => !this.#isOwnHost(host, req));
      if (stranger === undefined) {
        next();
        return;
      }
      throw new HttpError(421, 'unknown_host', 'this shop is not found under that name', {
        received: stranger,
        expected: ['localhost', ...this.#names].join(', '),
        advice: 'Whoever runs the shop can name it in PUBLIC_URL.',
      });
    };
  }

  /** Whether `origin`, as a browser writes it, is the one that this request was sent to. */
  isOwnOrigin(origin: string, req: Request): boolean {
    if (!URL.canParse(origin)) return false;
    if (origin === this.#publicUrl?.origin) return true;
    const [host = ''] = this.#hosts(req);
    const sent = new URL(origin);
    const asked = `${this.#protocol(req) ?? sent.protocol.slice(0, -1)}://${host}`;
    return URL.canParse(asked) && new URL(asked).origin === sent.origin;
  }

  /** Whether the browser uses TLS, as far as proxies and PUBLIC_URL say. */
  isSecure(req: Request): boolean {
    const told = this.#protocol(req);
    if (told !== undefined) return told === 'https';
    const [host = ''] = this.#hosts(req);
    return (
      this.#publicUrl?.origin.startsWith('https:') === true && hostnameOf(host) === this.#publicUrl.hostname
    );
  }

  /** The shop's address as the sender of this request knows it, without the path. */
  originFor(req: Request): string {
    const [host = 'localhost'] = this.#hosts(req);
    return `${this.isSecure(req) ? 'https' : 'http'}://${host}`;
  }

  /** The hosts that the request was sent to; empty for an HTTP/1.0 client without Host, which no browser is. */
  #hosts(req: Request): readonly string[] {
    const { hosts } = readForwarded(req.headers, this.#proxies);
    if (hosts.length > 0) return hosts;
    return req.headers.host === undefined ? [] : [req.headers.host];
  }

  #protocol(req: Request): 'http' | 'https' | undefined {
    return readForwarded(req.headers, this.#proxies).protocol;
  }

  #isOwnHost(host: string, req: Request): boolean {
    const hostname = hostnameOf(host);
    if (hostname === undefined) return false;
    if (isLoopback(hostname) || this.#names.has(hostname)) return true;
    // The address of the connection: no name of another site can be equal to it.
    return this.#listensEverywhere && hostname === req.socket.localAddress?.replace(/^::ffff:/, '');
  }
}

/** Throws 400 for a request without Host, or with several, of which a proxy might have checked another one (RFC 9112, 3.2). */
function requireOneHost(req: Request): void {
  const hosts = req.rawHeaders.filter(
    (_, index, raw) => index % 2 === 1 && /^host$/i.test(raw[index - 1] ?? ''),
  );
  if (hosts.length === 1 || (hosts.length === 0 && req.httpVersion === '1.0')) return;
  const received = hosts.length === 0 ? 'none' : hosts.join(' and ');
  throw new HttpError(400, 'host', 'the request does not have exactly one Host header', {
    received,
    expected: 'one Host',
  });
}
