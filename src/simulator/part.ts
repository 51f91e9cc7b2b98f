// The shoppers that `npm start` brings along, so that a new shop's dashboards move at once: few, slow, marked as simulated,
// and for ever. A run of the command `simulate` writes a ledger; these don't.

import type { Config } from '../config.ts';
import type { Logger } from '../runtime/log.ts';
import type { RunningPart } from '../runtime/running-part.ts';
import { readSecret } from '../site/secret.ts';
import { Injector } from './core/inject.ts';
import { PERSONAS } from './core/personas.ts';
import { HttpClient } from './targets/http-client.ts';
import { walk } from './targets/walk.ts';

const USERS = 6;
/** Events a second, of all. */
const RATE = 1;

/** Starts the shoppers. While the shop is away they come back now and then. */
export async function startSimulator(config: Config, log: Logger): Promise<RunningPart> {
  const stop = new AbortController();
  const client = new HttpClient(shopAddress(config));
  const start = Date.now();
  // Every start brings other people.
  const seed = start;
  const walking = walk({
    crowd: {
      users: USERS,
      rate: RATE,
      seed,
      personas: PERSONAS,
      start,
      end: Number.POSITIVE_INFINITY,
      curve: 'flat',
    },
    injector: new Injector(seed, start, []),
    client,
    secret: config.COOKIE_SECRET ?? readSecret(config.DATA_DIR),
    signal: stop.signal,
    done: async () => {},
    missed: () => {},
    failed: (error) => log.debug({ err: error }, 'the shop did not answer as a shop does'),
  });
  return {
    ended: walking,
    close: async () => {
      stop.abort();
      await walking;
      client.close();
    },
  };
}

/** The shop's address as a program on this machine has it. */
function shopAddress({ HOST, PORT, PUBLIC_URL }: Config): string {
  const host = HOST === '0.0.0.0' ? '127.0.0.1' : HOST === '::' ? '::1' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}${PUBLIC_URL?.path ?? ''}`;
}
