// The body of POST /api/events: one event or an array as JSON, or one event a line as NDJSON. Pages may send either as
// text/plain, which navigator.sendBeacon() sends without a preflight; same-origin.ts has checked their origin.

import { TextDecoder } from 'node:util';
import { type NextFunction, type Request, type Response, raw } from 'express';
import { HttpError } from '../http/errors.ts';
import { JSON_TYPES } from '../http/json.ts';

export const BODY_BYTES = 1024 * 1024;
export const MOST_EVENTS = 1_000;

const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];
const BEACON_TYPE = 'text/plain';
const parse = raw({ type: [...JSON_TYPES, ...NDJSON_TYPES, BEACON_TYPE], limit: BODY_BYTES });

/** Reads the body; another Content-Type is 415, a larger body 413. */
export function eventsBody(req: Request, res: Response, next: NextFunction): void {
  if (!req.is([...JSON_TYPES, ...NDJSON_TYPES]) && !isBeacon(req)) {
    throw new HttpError(415, 'content_type', 'events come as JSON or NDJSON', {
      received: req.get('content-type') ?? 'no Content-Type',
      expected: 'application/json or application/x-ndjson',
    });
  }
  parse(req, res, next);
}

/** Only browsers send Origin; another program can name the right Content-Type. */
const isBeacon = (req: Request): boolean => req.get('origin') !== undefined && req.is(BEACON_TYPE) !== false;

/** A value that was sent, or the reason why a line can't be read. */
export type Sent = { readonly value: unknown } | { readonly unreadable: string };

/**
 * The values of the body, in their order. Lines are counted before they are parsed.
 * @throws {HttpError} 400 where the whole can't be read, 413 for more than MOST_EVENTS
 */
export function readSent(req: Request): readonly Sent[] {
  const body = textOf(req);
  if (body.trim() === '') {
    throw new HttpError(400, 'empty', 'the body is empty', {
      expected: 'an event, an array of events, or NDJSON',
    });
  }
  const sent = readAs(req, body);
  if (sent.length > 0) return sent;
  throw new HttpError(400, 'empty', 'no event was sent', { received: '[]', expected: 'at least one event' });
}

/** The body as text: JSON is UTF-8 (RFC 8259, 8.1), unless Content-Type says otherwise. */
function textOf(req: Request): string {
  const [, charset = 'utf-8'] = /;\s*charset="?([^";\s]+)/i.exec(req.get('content-type') ?? '') ?? [];
  const body: unknown = req.body;
  if (!Buffer.isBuffer(body)) return '';
  const decoder = decoderOf(charset);
  try {
    return decoder.decode(body);
  } catch {
    throw new HttpError(400, 'not_text', `the body is not ${charset.toUpperCase()}`, {
      expected: 'JSON in UTF-8',
    });
  }
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    throw new HttpError(415, 'charset', 'the charset of the body is not supported', {
      received: charset,
      expected: 'UTF-8',
    });
  }
}

function readAs(req: Request, body: string): Sent[] {
  if (req.is(NDJSON_TYPES)) return readLines(body);
  const whole = parseJson(body);
  if ('value' in whole) {
    const values: readonly unknown[] = Array.isArray(whole.value) ? whole.value : [whole.value];
    if (values.length > MOST_EVENTS) throw tooManyEvents(values.length);
    return values.map((value) => ({ value }));
  }
  if (isBeacon(req)) return readLines(body);
  throw new HttpError(400, 'not_json', `the body is not JSON: ${whole.unreadable}`, {
    expected: 'JSON in UTF-8',
  });
}

function readLines(body: string): Sent[] {
  const lines: string[] = [];
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf('\n', start);
    const line = body.slice(start, end === -1 ? body.length : end).trim();
    start = end === -1 ? body.length : end + 1;
    if (line === '') continue;
    if (lines.length === MOST_EVENTS) throw tooManyEvents(`more than ${MOST_EVENTS}`);
    lines.push(line);
  }
  return lines.map(parseJson);
}

function parseJson(text: string): Sent {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { unreadable: (error as Error).message };
  }
}

const tooManyEvents = (received: number | string) =>
  new HttpError(413, 'too_many', 'too many events in one request', {
    received,
    expected: `at most ${MOST_EVENTS}`,
  });
