// What a visitor's browser asks of a shop that keeps records: Global Privacy Control (Sec-GPC) and Do Not Track (DNT).
// Either is honoured as "don't recognize me tomorrow, don't keep my address". And what is kept of an address at all.

import type { Request } from 'express';
import ipaddr from 'ipaddr.js';
import type { IpStorage } from './ip-storage.ts';

const IPV4_BITS = 24;
const IPV6_BITS = 48;

/** True where the browser says that it wants no lasting trace of its visitor. */
export function asksForPrivacy(req: Request): boolean {
  return req.get('sec-gpc') === '1' || req.get('dnt') === '1';
}

/** What may be stored of an address; undefined: nothing. @param address IPv4 or IPv6, without zone or port */
export function storedAddress(address: string, storage: IpStorage): string | undefined {
  if (storage === 'none') return undefined;
  const parsed = ipaddr.process(address);
  if (storage === 'full') return parsed.toString();
  return parsed.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(`${parsed}/${IPV4_BITS}`).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/${IPV6_BITS}`).toString();
}

/** A referrer's page: its query and fragment may hold what somebody searched for, or a session. */
export function storedReferrer(referrer: string): string {
  return referrer.replace(/[?#].*$/s, '');
}
