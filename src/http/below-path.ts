// The shop below a path of its host, such as https://example.org/shop (PUBLIC_URL). Routes, views and redirects use addresses below /;
// only here the path is removed from the URLs of requests (a proxy may have done so already) and added to cookies, redirects and the
// links of pages. public/js/base.js does the same for scripts.

import type { CookieOptions, Express, Request, RequestHandler, Response } from 'express';

/** Removes the path from the URLs of requests. @param path empty, or like `/shop` */
export function stripPath(path: string): RequestHandler {
  return (req, _res, next) => {
    const asked = originForm(req);
    const isBelow = path !== '' && asked.startsWith(path) && /^[/?]?$/.test(asked.charAt(path.length));
    const rest = isBelow ? asked.slice(path.length) : asked;
    req.url = rest.startsWith('/') ? rest : `/${rest}`;
    req.originalUrl = req.url;
    next();
  };
}

/** The path and query of a request; the authority of an absolute address replaces Host (RFC 9112, 3.2.2). */
function originForm(req: Request): string {
  const [whole, authority] = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(req.url) ?? [];
  if (whole === undefined) return req.url;
  req.headers.host = authority;
  return req.url.slice(whole.length);
}

type SetCookie = (this: Response, name: string, value: unknown, options?: CookieOptions) => Response;

/** Adds the path to redirects, and to cookies as their Path. @param isSecure whether cookies of this request are Secure */
export function prefixPath(app: Express, path: string, isSecure: (req: Request) => boolean): void {
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

/** An address of the shop with the path; other addresses as they are. */
const below = (path: string, url: string): string => (/^\/(?!\/)/.test(url) ? `${path}${url}` : url);

/** Adds the path to the links of a page. Text is never taken for a link, as its quotes are escaped. */
export const prefixLinks = (path: string, html: string): string =>
  path === '' ? html : html.replace(/(\s(?:href|src|action|formaction)=")(?=\/(?!\/))/g, `$1${path}`);
