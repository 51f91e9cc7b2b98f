// Connections to Postgres. Several writes belong together only inside transaction().

import type { Socket } from 'node:net';
import pg from 'pg';
import { socketTo } from '../runtime/detour.ts';
import type { Logger } from '../runtime/log.ts';
import { endOnResponseTimeout } from '../runtime/response-timeout.ts';

export type Pool = pg.Pool;
export type Client = pg.ClientBase;

/** Silence after which the system asks the other one whether it is still there. */
const KEEP_ALIVE_MS = 10_000;
/** Longer than between two looks of an idle part: making a connection costs more than a thousand small queries. */
const IDLE_MS = 60_000;

// count(*) and sums are int8: all of ours are far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
// A day has no time of day: it stays the text 2019-01-31.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/** How long a connection may be silent; without a limit, as long as it takes. */
export type Timeouts = {
  /** Milliseconds in which the answer to a statement has to begin; then the connection is given up. */
  readonly answerMs?: number;
  /** Milliseconds for which the server keeps an open transaction whose client says nothing; then it is rolled back. */
  readonly idleInTransactionMs?: number;
};

/**
 * Opens a pool; connections are made when first used.
 * @param max connections at most
 */
export function openPool(databaseUrl: string, log: Logger, max = 10, timeouts: Timeouts = {}): Pool {
  const { answerMs, idleInTransactionMs } = timeouts;
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    stream: () => socketTo('postgres'),
    max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    ...(idleInTransactionMs === undefined
      ? {}
      : { idle_in_transaction_session_timeout: idleInTransactionMs }),
    application_name: `shopstream ${log.bindings().part ?? ''}`.trim(),
  });
  // An idle connection that dies is replaced at the next use.
  pool.on('error', (error) => log.warn({ err: error }, 'a Postgres connection was lost'));
  if (answerMs !== undefined)
    pool.on('connect', (client) => endOnResponseTimeout(socketOf(client), () => answerMs));
  return pool;
}

/**
 * Opens a connection beside the pool's, without their timeouts: COPY … TO STDOUT reads the socket itself, and a listener that
 * watches for silence would take its bytes. To be ended by the caller.
 */
export async function connectBeside({ options }: Pool): Promise<pg.Client> {
  const client = new pg.Client(options);
  // Without a listener, a connection that dies between two queries would end the process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** The socket under a connected client: pg has it, and its types don't say so. */
export function socketOf(client: Client): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}

/**
 * Runs `work` in one transaction: committed where it returns, rolled back where it throws.
 * @param longestPauseMs for which the server keeps the transaction open while `work` says nothing to it; as the pool has it where
 *   it is left out
 * @throws what `work` throws, or pg's error where the commit fails
 */
export async function transaction<T>(
  pool: Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  longestPauseMs?: number,
): Promise<T> {
  const client = await pool.connect();
  // Without a listener, a connection that dies between two queries would end the process.
  const onError = () => {};
  client.on('error', onError);
  let broken: Error | boolean = false;
  try {
    await client.query(longestPauseMs === undefined ? 'BEGIN' : beginWith(longestPauseMs));
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

const beginWith = (longestPauseMs: number): string =>
  `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${longestPauseMs}`;
