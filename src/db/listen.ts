// A connection that waits for notifications, made again whenever it is lost. A half-open connection would be silent forever, like a
// shop without customers, so an empty query probes it at intervals.

import pg from 'pg';
import { Backoff } from '../runtime/backoff.ts';
import { socketTo } from '../runtime/detour.ts';
import type { Logger } from '../runtime/log.ts';
import { endOnResponseTimeout } from '../runtime/response-timeout.ts';
import { socketOf } from './pool.ts';

const ASK_EVERY_MS = 15_000;
const CONNECT_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export type Listener = { close(): Promise<void> };

/**
 * Calls `onPayload` for each notification on a channel, until close(). It retries while Postgres is away.
 * @param onConnect called at each new connection, as notifications before it may be lost
 * @param askEveryMs interval of the probes, and the timeout of each
 */
export function listen(
  databaseUrl: string,
  channel: string,
  log: Logger,
  onPayload: (payload: string | undefined) => void,
  onConnect: () => void,
  askEveryMs = ASK_EVERY_MS,
): Listener {
  const closing = new AbortController();
  let client: pg.Client | undefined;

  async function connectOnce(): Promise<void> {
    client = new pg.Client({
      connectionString: databaseUrl,
      stream: () => socketTo('postgres'),
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: 'shopstream listen',
    });
    let asking: NodeJS.Timeout | undefined;
    const ended = new Promise<void>((resolve) => client?.once('end', resolve));
    client.on('error', (error) => log.debug(`the listening connection was lost: ${error.message}`));
    client.on('notification', ({ payload }) => onPayload(payload));
    try {
      // connect() never settles where end() was called while it connects.
      await Promise.race([client.connect(), ended.then(() => Promise.reject(new Error('ended')))]);
      endOnResponseTimeout(socketOf(client), () => askEveryMs);
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      onConnect();
      asking = setInterval(() => void client?.query('SELECT').catch(() => {}), askEveryMs);
      await ended;
    } finally {
      clearInterval(asking);
      await client.end().catch(() => {});
    }
  }

  async function run(): Promise<void> {
    const backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    while (!closing.signal.aborted) {
      const started = performance.now();
      await connectOnce().catch((error: Error) => log.debug(`LISTEN failed: ${error.message}`));
      if (performance.now() - started > LONGEST_PAUSE_MS) backoff.reset();
      await backoff.wait(closing.signal);
    }
  }

  const running = run();
  return {
    close: async () => {
      closing.abort();
      await client?.end().catch(() => {});
      await running;
    },
  };
}
