// Everything that can be wrong with the database in a way that a user can mend. Messages carry no password.

export type DatabaseErrorCode =
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_LOGIN'
  | 'DATABASE_MISSING'
  | 'SCHEMA_NEWER'
  | 'SCHEMA_CHANGED'
  | 'SERVER_VERSION'
  | 'EMBEDDED_START';

export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The SQLSTATE or the system's error code of something that `pg` threw; undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return undefined;
}

/** A database URL without its password, to be shown. */
export function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  if (url.password !== '') url.password = '***';
  return url.href;
}

/** What a failed connection means for the person who set DATABASE_URL. */
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
    default:
      return new DatabaseError(
        'DATABASE_UNREACHABLE',
        `DATABASE_URL: no PostgreSQL answers at ${server} (${code ?? messageOf(error)})`,
        error,
      );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
