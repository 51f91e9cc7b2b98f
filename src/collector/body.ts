// The body of POST /api/events: one event or an array as JSON, or one event a line as NDJSON.

import { type NextFunction, type Request, type Response, text } from 'express';
import { HttpError } from '../http/errors.ts';

export const BODY_BYTES = 1024 * 1024;
export const MOST_EVENTS = 1_000;

const JSON_TYPES = ['application/json', 'application/*+json'];
const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];
const parse = text({ type: [...JSON_TYPES, ...NDJSON_TYPES], limit: BODY_BYTES });

/** Reads the body as text; another Content-Type is 415, a larger body 413. */
export function eventsBody(req: Request, res: Response, next: NextFunction): void {
  if (!req.is([...JSON_TYPES, ...NDJSON_TYPES])) {
    throw new HttpError(415, 'content_type', 'events come as JSON or NDJSON', {
      received: req.get('content-type') ?? 'no Content-Type',
      expected: 'application/json or application/x-ndjson',
    });
  }
  parse(req, res, next);
}

/** A value that was sent, or the reason why a line can't be read. */
export type Sent = { readonly value: unknown } | { readonly unreadable: string };

/**
 * The values of the body, in their order.
 * @throws {HttpError} 400 where the whole can't be read, 413 for more than MOST_EVENTS
 */
export function readSent(req: Request): readonly Sent[] {
  const body: unknown = req.body;
  if (typeof body !== 'string' || body.trim() === '') {
    throw new HttpError(400, 'empty', 'the body is empty', {
      expected: 'an event, an array of events, or NDJSON',
    });
  }
  const sent = req.is(NDJSON_TYPES) ? readLines(body) : readJson(body);
  if (sent.length === 0) {
    throw new HttpError(400, 'empty', 'no event was sent', {
      received: '[]',
      expected: 'at least one event',
    });
  }
  if (sent.length <= MOST_EVENTS) return sent;
  throw new HttpError(413, 'too_many', 'too many events in one request', {
    received: sent.length,
    expected: `at most ${MOST_EVENTS}`,
  });
}

function readJson(body: string): Sent[] {
  try {
    const value: unknown = JSON.parse(body);
    return (Array.isArray(value) ? value : [value]).map((one) => ({ value: one }));
  } catch (error) {
    throw new HttpError(400, 'not_json', `the body is not JSON: ${(error as Error).message}`, {
      expected: 'JSON in UTF-8',
    });
  }
}

function readLines(body: string): Sent[] {
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    try {
      return { value: JSON.parse(line) };
    } catch (error) {
      return { unreadable: (error as Error).message };
    }
  });
}
