// The host, protocol and client of a request as reverse proxies report them: X-Forwarded-Host and X-Forwarded-Proto, or Forwarded
// (RFC 7239; Express reads X-Forwarded-For). Pure. Each proxy may append a value: the one of our outermost proxy counts, as a client may
// have forged those before it.

import type { IncomingHttpHeaders } from 'node:http';

export type Forwarded = {
  /** X-Forwarded-Host, then Forwarded's host=, as far as they are present. */
  readonly hosts: readonly string[];
  readonly protocol: 'http' | 'https' | undefined;
  /** Forwarded's for=, as written. */
  readonly client: string | undefined;
};

const NOTHING: Forwarded = { hosts: [], protocol: undefined, client: undefined };

/** @param proxies number of our proxies in front of the shop */
export function readForwarded(headers: IncomingHttpHeaders, proxies: number): Forwarded {
  if (proxies === 0) return NOTHING;
  const standard = ofOurs(headers.forwarded, proxies);
  const hosts = [ofOurs(headers['x-forwarded-host'], proxies), parameter(standard, 'host')];
  const protocols = [ofOurs(headers['x-forwarded-proto'], proxies), parameter(standard, 'proto')];
  return {
    hosts: hosts.filter((host) => host !== undefined),
    protocol: protocols.map((protocol) => protocol?.toLowerCase()).find(isProtocol),
    client: parameter(standard, 'for'),
  };
}

const isProtocol = (text: string | undefined): text is 'http' | 'https' =>
  text === 'http' || text === 'https';

/** The value written by our outermost proxy, from a comma-separated list, whose quoted values may contain commas. */
function ofOurs(header: string | readonly string[] | undefined, proxies: number): string | undefined {
  const values = String(header ?? '').match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [];
  return values[Math.max(0, values.length - proxies)]?.trim();
}

function parameter(element: string | undefined, name: string): string | undefined {
  const pattern = new RegExp(`(?:^|;)\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i');
  const [, quoted, token] = pattern.exec(element ?? '') ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? token;
}
