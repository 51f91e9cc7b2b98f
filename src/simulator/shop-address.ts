// Where shoppers of this program find its shop.

import type { Config } from '../config.ts';

/** The shop's address as a program on this machine has it. */
export function shopAddress({ HOST, PORT, PUBLIC_URL }: Config): string {
  const host = HOST === '0.0.0.0' ? '127.0.0.1' : HOST === '::' ? '::1' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}${PUBLIC_URL?.path ?? ''}`;
}
