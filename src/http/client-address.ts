// The address that a request comes from: the connection's, or the one that the outermost of our own proxies reports
// (X-Forwarded-For, or Forwarded's for=, RFC 7239). Proxies write ports, brackets, quotes, zones and words like "unknown" there;
// the result is a bare canonical address, or undefined.

import { isIP } from 'node:net';
import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import ipaddr from 'ipaddr.js';
import { readForwarded } from './forwarded.ts';

/** Prefix length of the IPv6 network of one household or server, by which limits count. */
const NETWORK_BITS = 56;

/** The client's canonical address: dotted IPv4 (also for an IPv4-mapped one), or IPv6 by RFC 5952 without a zone. */
export function clientAddressOf(req: Request): string | undefined {
  const proxies = Number(req.app.get('trust proxy'));
  const told =
    req.headers['x-forwarded-for'] === undefined ? readForwarded(req.headers, proxies).client : undefined;
  return readAddress(told ?? req.ip ?? '');
}

/** The key by which limits count: the client's IPv4 address or IPv6 /56, or the proxy's where that names none. */
export function limitKeyOf(req: Request): string {
  const address = clientAddressOf(req) ?? readAddress(req.socket.remoteAddress ?? '');
  return address === undefined ? 'unknown' : ipKeyGenerator(address, NETWORK_BITS);
}

/**
 * Reads `1.2.3.4`, `1.2.3.4:5`, `2001:db8::1`, `[2001:db8::1]:443`, `fe80::1%eth0`, also in quotes; a port may be `_hidden`.
 * @returns undefined for anything else
 */
export function readAddress(text: string): string | undefined {
  const bare = text.trim().replace(/^"(.*)"$/s, '$1');
  const [, bracketed, dotted] =
    /^(?:\[([^\]]*)\](?::(?:\d+|_[\w.-]+))?|([\d.]+):(?:\d+|_[\w.-]+))$/.exec(bare) ?? [];
  const address = (bracketed ?? dotted ?? bare).replace(/%.*$/s, '');
  return isIP(address) === 0 ? undefined : ipaddr.process(address).toString();
}
