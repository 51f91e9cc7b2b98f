// Errors for clients: a status, a code, and a message with what was received and what was expected. For any other error the response is
// "internal", and the error is only logged: no stack, SQL or path leaves the program.

import { isAway } from '../db/errors.ts';
import { codeOf } from '../runtime/errors.ts';

export type Problem = {
  /** JSON pointer into what was received (RFC 6901). */
  readonly pointer: string;
  readonly message: string;
  /** What was probably meant; null for no idea. */
  readonly suggestion: string | null;
};

export type ErrorDetails = {
  readonly received?: unknown;
  readonly expected?: string;
  /** Each of them, where several things may be wrong. */
  readonly problems?: readonly Problem[];
  /** What a visitor can do now. */
  readonly advice?: string;
  /** Retry-After, in seconds. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
};

export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(status: number, code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export const badRequest = (message: string, received: unknown, expected: string) =>
  new HttpError(400, 'bad_request', message, { received, expected });

export const notFound = (message: string, received: unknown, expected: string) =>
  new HttpError(404, 'not_found', message, { received, expected });

export const unavailable = (code: string, message: string, retryAfter: number, cause?: unknown) =>
  new HttpError(503, code, message, { retryAfter, cause, advice: 'Try again in a moment.' });

/** By the type of an error of Express's body parsers. */
const BODY_ERRORS: Readonly<Record<string, (limit: unknown) => HttpError>> = {
  'entity.too.large': (limit) =>
    new HttpError(413, 'too_large', 'the body is too large', { expected: `at most ${limit} bytes` }),
  'entity.parse.failed': () =>
    new HttpError(400, 'not_json', 'the body is not JSON', { expected: 'JSON in UTF-8' }),
  'charset.unsupported': () =>
    new HttpError(415, 'charset', 'the charset is not known', { expected: 'UTF-8' }),
  'encoding.unsupported': () =>
    new HttpError(415, 'encoding', 'the Content-Encoding is not known', {
      expected: 'none, gzip, deflate or br',
    }),
  'parameters.too.many': () => new HttpError(413, 'too_large', 'the form has too many fields', {}),
  'request.size.invalid': () =>
    new HttpError(400, 'bad_length', 'the body is not as long as Content-Length says'),
  'request.aborted': () => new HttpError(400, 'aborted', 'the request ended early'),
};

const damagedEncoding = () =>
  new HttpError(400, 'encoding', 'the body is not what its Content-Encoding says', {
    expected: 'a whole body in that encoding',
  });

/** Turns any thrown value into an HttpError. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof URIError)
    return badRequest('the path is not valid percent-encoding', undefined, 'UTF-8');
  if (typeof error === 'object' && error !== null && 'type' in error && typeof error.type === 'string') {
    const known = BODY_ERRORS[error.type];
    if (known !== undefined) return known('limit' in error ? error.limit : undefined);
  }
  // An error of zlib, thrown by the body parser.
  if (/^(?:Z_|ERR__?(?:ERROR_|BROTLI))/.test(codeOf(error) ?? '')) return damagedEncoding();
  if (isAway(error)) return unavailable('postgres', 'Postgres is away', 5, error);
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new HttpError(status, 'bad_request', 'the request could not be read', { cause: error });
  }
  return new HttpError(500, 'internal', 'something went wrong on our side', { cause: error });
}
