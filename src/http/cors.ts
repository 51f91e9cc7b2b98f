// Cross-origin resource sharing (WHATWG Fetch, 3.3) for one route: pages of the origins in CORS_ORIGINS may use it. Credentials are
// allowed, as navigator.sendBeacon() always sends them; the route does not read them.

import type { OpenToOthers } from './same-origin.ts';

/** Origins as browsers write them (https://example.org), or any. */
export type CorsOrigins = readonly string[] | '*';

/** How long a browser may cache a preflight; the maximum of Chromium. */
const REMEMBERED_SECONDS = 7_200;

/** @param path the route, which takes POST */
export function cors(path: string, origins: CorsOrigins): OpenToOthers {
  return (req, res, next) => {
    const origin = req.get('origin');
    const isNamed = origin !== undefined && (origins === '*' || origins.includes(origin));
    if (req.path !== path || !isNamed) return false;
    res.vary('Origin').set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      // The default, same-origin, would keep the response from the page.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    if (req.method === 'OPTIONS') {
      res.set({
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'Content-Type, Content-Encoding',
        'Access-Control-Max-Age': String(REMEMBERED_SECONDS),
      });
      res.status(204).end();
    } else {
      res.set('Access-Control-Expose-Headers', 'Retry-After');
      next();
    }
    return true;
  };
}
