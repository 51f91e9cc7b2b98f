// The shop below a path of its host, as https://example.org/shop (PUBLIC_URL). Routes, views and redirects
// use addresses below /; only here is the path taken off the URLs of requests (a proxy may have taken it off already) and put before
// those of cookies, redirects and pages. Scripts do the same in public/js/base.js.

import type { CookieOptions, Express, Request, RequestHandler, Response } from 'express';

/** Requests below `path` are those of the routes. @param path empty, or as `/shop` */
export function takeOff(path: string): RequestHandler {
  return (req, _res, next) => {
    const asked = originForm(req);
    const isBelow = path !== '' && asked.startsWith(path) && /^[/?]?$/.test(asked.charAt(path.length));
    const rest = isBelow ? asked.slice(path.length) : asked;
    req.url = rest.startsWith('/') ? rest : `/${rest}`;
    req.originalUrl = req.url;
    next();
  };
}

/** The path and query that are asked for; an absolute address counts instead of Host (RFC 9112, 3.2.2). */
function originForm(req: Request): string {
  const [whole, authority] = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(req.url) ?? [];
  if (whole === undefined) return req.url;
  req.headers.host = authority;
  return req.url.slice(whole.length);
}

type SetCookie = (this: Response, name: string, value: unknown, options?: CookieOptions) => Response;

/** Redirects and cookies go to `path`. @param isSecure whether the browser may be told to send a cookie by TLS alone */
export function putUnder(app: Express, path: string, isSecure: (req: Request) => boolean): void {
  const { location } = app.response;
  const cookie = app.response.cookie as SetCookie;
  const moved: SetCookie = function (name, value, options) {
    return cookie.call(this, name, value, { ...options, path: path || '/', secure: isSecure(this.req) });
  };
  app.response.cookie = moved;
  app.response.location = function (url: string) {
    return location.call(this, below(path, url));
  };
}

/** An address of the shop as browsers have to ask for it; others as they are. */
const below = (path: string, url: string): string => (/^\/(?!\/)/.test(url) ? `${path}${url}` : url);

/** The addresses in a page. Text can't pass for one: its quotes are escaped. */
export const moveLinks = (path: string, html: string): string =>
  path === '' ? html : html.replace(/(\s(?:href|src|action|formaction)=")(?=\/(?!\/))/g, `$1${path}`);
