// Errors of the database: those that a user can correct, and which of Postgres's own are transient. Messages have no password.

import { DrizzleQueryError } from 'drizzle-orm/errors';
import pg from 'pg';
import { CodedError, codeOf, messageOf } from '../runtime/errors.ts';

export type DatabaseErrorCode =
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_LOGIN'
  | 'DATABASE_MISSING'
  | 'DATABASE_URL_FILE'
  | 'SCHEMA_REFUSED'
  | 'SCHEMA_NEWER'
  | 'SCHEMA_CHANGED'
  | 'SERVER_VERSION'
  | 'TIME_ZONE_UNKNOWN'
  | 'EMBEDDED_START';

/** An error that a user can correct; the message says how. */
export class DatabaseError extends CodedError<DatabaseErrorCode> {
  override readonly name = 'DatabaseError';
}

/** SQLSTATE classes of transient errors: connection, rollback, resources, object state, operator intervention, system. */
const PASSING_STATES = /^(?:08|40|53|55|57|58)/;

/**
 * Whether Postgres would repeat an error at every try, such as insufficient_privilege or undefined_table. Any other is transient.
 */
export function isRefusal(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && !PASSING_STATES.test(error.code ?? '');
}

/** Codes of a server that does not answer, or of a connection that broke. */
const AWAY_CODES =
  /^(?:ECONN\w+|E(?:HOST|NET)UNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|08\w{3}|53300|57P\w\w)$/;
const AWAY_WORDS =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/** Whether an error says that Postgres can't be reached, or is shutting down. */
export function isAway(error: unknown): boolean {
  // drizzle wraps pg's error in one with the query.
  if (error instanceof DrizzleQueryError) return isAway(error.cause);
  const code = codeOf(error);
  return code === undefined
    ? error instanceof Error && AWAY_WORDS.test(error.message)
    : AWAY_CODES.test(code);
}

/** The level at which a failure is logged that is tried again: that Postgres is away is logged elsewhere. */
export const levelOf = (error: unknown): 'debug' | 'warn' => (isAway(error) ? 'debug' : 'warn');

/** A database URL with its passwords masked. */
export function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  if (url.password !== '') url.password = '***';
  for (const name of ['password', 'sslpassword']) {
    if (url.searchParams.has(name)) url.searchParams.set(name, '***');
  }
  return url.href;
}

/** A failed connection as an error for the person who set DATABASE_URL. */
export function explainConnection(error: unknown, databaseUrl: string): DatabaseError {
  const url = new URL(databaseUrl);
  const server = `${url.hostname}:${url.port || '5432'}`;
  const code = codeOf(error);
  switch (code) {
    case '28P01':
    case '28000':
      return new DatabaseError(
        'DATABASE_LOGIN',
        `DATABASE_URL: ${server} refuses user "${url.username}"`,
        error,
      );
    case '3D000':
      return new DatabaseError(
        'DATABASE_MISSING',
        `DATABASE_URL: ${server} has no database "${url.pathname.slice(1)}"; make it with createdb`,
        error,
      );
    case 'ENOENT':
    case 'EACCES':
    case 'EISDIR':
      return new DatabaseError(
        'DATABASE_URL_FILE',
        `DATABASE_URL: a file that it names can't be read (${messageOf(error)})`,
        error,
      );
    default:
      return new DatabaseError(
        'DATABASE_UNREACHABLE',
        `DATABASE_URL: no PostgreSQL answers at ${server} (${code ?? messageOf(error)})`,
        error,
      );
  }
}
