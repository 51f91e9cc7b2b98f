// The address that a request comes from: the connection's, or the one that the outermost of our own proxies reports
// (X-Forwarded-For, else Forwarded's for=, RFC 7239). Proxies write ports, brackets, quotes, zones and words like
// "unknown" there; what comes out is a bare canonical address, or nothing.

import { isIP } from 'node:net';
import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import ipaddr from 'ipaddr.js';
import { readForwarded } from './forwarded.ts';

/** One household or server has a whole IPv6 network of this length, so that limits count by it. */
const NETWORK_BITS = 56;

/** The client's address, canonical: IPv4 dotted (an IPv4-mapped one too), IPv6 as RFC 5952 has it, without a zone. */
export function clientAddressOf(req: Request): string | undefined {
  const proxies = Number(req.app.get('trust proxy'));
  const told =
    req.headers['x-forwarded-for'] === undefined ? readForwarded(req.headers, proxies).client : undefined;
  return readAddress(told ?? req.ip ?? '');
}

/** The key of limits: the address, an IPv6 one by its /56. Where a proxy names none, the proxy's own. */
export function limitKeyOf(req: Request): string {
  const address = clientAddressOf(req) ?? readAddress(req.socket.remoteAddress ?? '');
  return address === undefined ? 'unknown' : ipKeyGenerator(address, NETWORK_BITS);
}

/** Reads `1.2.3.4`, `1.2.3.4:5`, `2001:db8::1`, `[2001:db8::1]:443`, `fe80::1%eth0`, each quoted or not; a port may be `_hidden`. */
export function readAddress(text: string): string | undefined {
  const bare = text.trim().replace(/^"(.*)"$/s, '$1');
  const [, bracketed, dotted] =
    /^(?:\[([^\]]*)\](?::(?:\d+|_[\w.-]+))?|([\d.]+):(?:\d+|_[\w.-]+))$/.exec(bare) ?? [];
  const address = (bracketed ?? dotted ?? bare).replace(/%.*$/s, '');
  return isIP(address) === 0 ? undefined : ipaddr.process(address).toString();
}
