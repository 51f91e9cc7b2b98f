// Names of servers as requests and settings write them, compared as browsers do. Pure.

import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * The name or address in an authority as `Shop.example:3000` or `[::1]:3000`: in lower case, without port, brackets and
 * the dot of the root.
 * @returns undefined for what is no authority
 */
export function hostnameOf(authority: string): string | undefined {
  if (!/^[^\s/?#@\\]+$/.test(authority) || !URL.canParse(`http://${authority}`)) return undefined;
  return new URL(`http://${authority}`).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** True for this machine alone: an IP address of the loopback network. */
function isLoopbackAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** The same for a hostname; every name below localhost is one (RFC 6761, 6.3). */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopbackAddress(hostname);
