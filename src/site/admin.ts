// The admin may see and change what is not public: dead letters, the aggregator, other visitors' events, lessons, the pipeline and the
// simulator. With ADMIN_PASSWORD the admin is a client that has sent it, in the form or as HTTP Basic; without one, any client on this
// machine. A request through a proxy comes from this machine only if TRUST_PROXY is set and the proxy's header says so.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import ipaddr from 'ipaddr.js';
import { clientAddressOf } from '../http/client-address.ts';
import { HttpError } from '../http/errors.ts';
import { form } from '../http/form.ts';
import { attemptLimit } from '../http/rate-limit.ts';
import { route } from '../http/routes.ts';
import type { Traces } from '../tracing/traces.ts';
import { plainLayout } from './layout.ts';
import { localPath } from './local-path.ts';

const COOKIE = 'admin';
const LOGGED_IN_MS = 12 * 3_600_000;
const ATTEMPTS_A_MINUTE = 10;
/** Where a login leads that names no other page. */
const REJECTED = '/events/rejected';
/** Headers that proxies add to a request. */
const BY_WAY =
  /^(?:x-forwarded|forwarded$|via$|x-real-ip$|x-original-|x-client-ip$|x-cluster-client-ip$|x-envoy-|true-client-ip$|fastly-client-ip$|fly-client-ip$|x-azure-|x-amzn-|x-cloud-trace-|cf-|cdn-loop$|tailscale-)/;

const digest = (text: string) => createHash('sha256').update(text).digest();

export class Admin {
  readonly #password: string | undefined;
  readonly #secret: string;

  /** @param password undefined: clients on this machine alone */
  constructor(password: string | undefined, secret: string) {
    this.#password = password;
    this.#secret = secret;
  }

  /** True where the request is the admin's. */
  is(req: Request): boolean {
    if (this.#password === undefined) return isOnThisMachine(req);
    return this.#hasCookie(req, this.#password) || this.#isPassword(basicPassword(req));
  }

  /**
   * Middleware before the admin's routes. A browser that asks for a page is redirected to the login form.
   * @throws {HttpError} 403 without ADMIN_PASSWORD, 401 with one
   */
  gate(): RequestHandler {
    return (req, res, next) => {
      if (this.is(req)) next();
      else if (
        this.#password !== undefined &&
        req.method === 'GET' &&
        req.accepts(['json', 'html']) === 'html'
      )
        res
          .set('Cache-Control', 'no-store')
          .redirect(303, `/admin?next=${encodeURIComponent(req.originalUrl)}`);
      else throw this.#refusal(res);
    };
  }

  /** Middleware before all routes: refuses HTTP Basic with a wrong password, and more than some attempts a minute. */
  checkBasic(): RequestHandler {
    const limit = attemptLimit(ATTEMPTS_A_MINUTE);
    return (req, res, next) => {
      const given = basicPassword(req);
      if (given === undefined || this.#password === undefined) return next();
      return limit(req, res, (error?: unknown) => {
        if (error !== undefined) next(error);
        else next(this.#isPassword(given) ? undefined : this.#refusal(res));
      });
    };
  }

  /** The login form at /admin, and the logout. */
  routes(traces: Traces): Router {
    const router = Router();
    const show = (req: Request, res: Response, next: string, wrong = false) =>
      res
        .status(wrong ? 401 : 200)
        .set('Cache-Control', 'no-store')
        .render('admin', {
          ...plainLayout(req, res, traces, 'Admin'),
          hasPassword: this.#password !== undefined,
          isAdmin: this.is(req),
          next,
          wrong,
        });
    route(router, '/admin', {
      get: [(req, res) => void show(req, res, localPath(req.query.next, REJECTED))],
      post: [
        attemptLimit(ATTEMPTS_A_MINUTE),
        form(),
        (req, res) => {
          const { password, next } = (req.body ?? {}) as Readonly<Record<string, unknown>>;
          if (!this.#isPassword(password)) return void show(req, res, localPath(next, REJECTED), true);
          const until = String(Date.now() + LOGGED_IN_MS);
          res.cookie(COOKIE, `${until}.${this.#signatureOf(until, String(password))}`, {
            httpOnly: true,
            sameSite: 'strict',
            signed: true,
            path: '/',
            maxAge: LOGGED_IN_MS,
          });
          res.redirect(303, localPath(next, REJECTED));
        },
      ],
    });
    route(router, '/admin/leave', {
      post: [(_req, res) => void res.clearCookie(COOKIE, { path: '/' }).redirect(303, '/')],
    });
    return router;
  }

  #refusal(res: Response): HttpError {
    if (this.#password === undefined)
      return new HttpError(403, 'local_only', 'this is for clients on the shop’s own machine', {
        expected: 'a request from this machine, or ADMIN_PASSWORD set',
        advice: 'Set ADMIN_PASSWORD, and log in at /admin.',
      });
    res.set('WWW-Authenticate', 'Basic realm="Shopstream", charset="UTF-8"');
    return new HttpError(401, 'login', 'this is for who has the admin password', {
      expected: 'a login at /admin, or HTTP Basic with any name',
    });
  }

  #isPassword(given: unknown): boolean {
    return (
      this.#password !== undefined &&
      typeof given === 'string' &&
      timingSafeEqual(digest(given), digest(this.#password))
    );
  }

  /** A new password ends every login. */
  #signatureOf(until: string, password: string): string {
    return createHmac('sha256', this.#secret).update(`admin ${until} ${password}`).digest('base64url');
  }

  #hasCookie(req: Request, password: string): boolean {
    const cookie: unknown = req.signedCookies?.[COOKIE];
    const [until = '', signature = ''] = typeof cookie === 'string' ? cookie.split('.') : [];
    return (
      Number(until) > Date.now() &&
      timingSafeEqual(digest(signature), digest(this.#signatureOf(until, password)))
    );
  }
}

function isOnThisMachine(req: Request): boolean {
  if (!isLoopback(req.socket.remoteAddress)) return false;
  const proxies = Number(req.app.get('trust proxy'));
  return proxies > 0
    ? isLoopback(clientAddressOf(req))
    : !Object.keys(req.headers).some((name) => BY_WAY.test(name));
}

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';

function basicPassword(req: Request): string | undefined {
  const [, encoded] = /^basic ([a-z\d+/=]+)$/i.exec(req.get('authorization') ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  return decoded.includes(':') ? decoded.slice(decoded.indexOf(':') + 1) : undefined;
}
