// Connections to Postgres. Several writes are atomic only inside transaction().

import type { Socket } from 'node:net';
import pg from 'pg';
import { socketTo } from '../runtime/detour.ts';
import type { Logger } from '../runtime/log.ts';
import { endOnResponseTimeout } from '../runtime/response-timeout.ts';

export type Pool = pg.Pool;
export type Client = pg.ClientBase;

/** Idle time before the first TCP keepalive probe. */
const KEEP_ALIVE_MS = 10_000;
/** Longer than an idle part's polling interval: a new connection costs more than a thousand small queries. */
const IDLE_MS = 60_000;

// count(*) and sums are int8. Those of this program are far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
// A date stays text (2019-01-31), as it has no time of day.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/** How long a connection may be silent; without limit where left out. */
export type Timeouts = {
  /** Milliseconds until the response to a statement has to begin; the connection is closed otherwise. */
  readonly answerMs?: number;
  /** Milliseconds after which the server rolls back a transaction whose client is silent. */
  readonly idleInTransactionMs?: number;
};

/**
 * Opens a pool, which connects when it is first used.
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
  // One in use may die between two queries, or while it connects; without a listener that would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  if (answerMs !== undefined)
    pool.on('connect', (client) => endOnResponseTimeout(socketOf(client), () => answerMs));
  return pool;
}

/**
 * Opens a connection beside the pool's, without response timeout: COPY … TO STDOUT reads the socket itself, and the timeout's
 * listener would take its bytes. The caller ends it.
 */
export async function connectBeside({ options }: Pool): Promise<pg.Client> {
  const client = new pg.Client(options);
  // Without a listener, a connection that dies between two queries would end the process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** The socket of a connected client, which pg's types leave out. */
export function socketOf(client: Client): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}

/** Settings of a transaction, sent with its BEGIN. */
export type Beginning = {
  /** Its idle_in_transaction_session_timeout in milliseconds; by default the pool's. */
  readonly longestPauseMs?: number;
  /** Key of an advisory lock that it waits for, and holds to its end. */
  readonly lock?: number;
};

/**
 * Runs `work` in one transaction: committed where it returns, rolled back where it throws.
 * @throws what `work` throws, or pg's error where the commit fails
 */
export async function transaction<T>(
  pool: Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  beginning: Beginning = {},
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | boolean = false;
  try {
    await client.query(beginSql(beginning));
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

function beginSql({ longestPauseMs, lock }: Beginning): string {
  const pause =
    longestPauseMs === undefined ? '' : `; SET LOCAL idle_in_transaction_session_timeout = ${longestPauseMs}`;
  return `BEGIN${pause}${lock === undefined ? '' : `; SELECT pg_advisory_xact_lock(${lock})`}`;
}
