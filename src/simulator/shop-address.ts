// The shop's URL for shoppers of this program.

import type { Config } from '../config.ts';

/** The shop's URL on this machine. */
export function shopAddress({ HOST, PORT, PUBLIC_URL }: Config): string {
  const host = HOST === '0.0.0.0' ? '127.0.0.1' : HOST === '::' ? '::1' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}${PUBLIC_URL?.path ?? ''}`;
}
