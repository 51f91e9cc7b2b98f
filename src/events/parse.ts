// Untrusted bytes or values → an event, or the reason why it isn't one. Used by the collector and by ingest.

import { TextDecoder } from 'node:util';
import type { z } from 'zod';
import { beginningOf } from '../runtime/beginning.ts';
import { messageOf } from '../runtime/errors.ts';
import { expectationOf } from '../runtime/expectation.ts';
import { jsonText } from '../runtime/json-text.ts';
import { unframe, unwrap } from './envelope.ts';
import { eventSchema, type ShopEvent } from './event.ts';
import { inWireSpelling } from './spelling.ts';

/** Larger messages are not events: the longest valid one is below 5 kB. */
export const MAX_EVENT_BYTES = 64 * 1024;

/**
 * Why a message is set aside: `undecodable` is a batch that does not unpack, `order_id_conflict` an event whose order_id
 * another event has, `unstorable` what Postgres refuses although we found nothing wrong.
 */
export const REJECTION_CODES = [
  'empty',
  'too_large',
  'not_json',
  'not_an_event',
  'undecodable',
  'time_in_the_future',
  'order_id_conflict',
  'unstorable',
] as const;

export type Rejection = {
  readonly code: (typeof REJECTION_CODES)[number];
  /** What came and what was expected, in one line. */
  readonly reason: string;
};
export type ParsedEvent =
  | { readonly ok: true; readonly event: ShopEvent }
  | { readonly ok: false; readonly rejection: Rejection };

/** Refuses what is not UTF-8, and takes a byte order mark off. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

const reject = (code: Rejection['code'], reason: string): ParsedEvent => ({
  ok: false,
  rejection: { code, reason },
});

/** Reads one event from the bytes of a Kafka message. Never throws. */
export function parseEventBytes(bytes: Buffer | null): ParsedEvent {
  if (bytes === null || bytes.length === 0)
    return reject('empty', 'received no value, expected an event as JSON');
  if (bytes.length > MAX_EVENT_BYTES) {
    return reject('too_large', `received ${bytes.length} bytes, expected at most ${MAX_EVENT_BYTES}`);
  }
  const unframed = unframe(bytes);
  if ('reason' in unframed) return reject('not_json', unframed.reason);
  let text = '';
  try {
    text = utf8.decode(unframed.value);
  } catch {
    return reject(
      'not_json',
      `received ${quote(bytes.toString('utf8'))}, which is not UTF-8, expected JSON in UTF-8`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return reject('not_json', `received ${quote(text)}, expected JSON: ${quote(messageOf(error))}`);
  }
  return parseEvent(value);
}

/** Checks that a value is an event: in its envelope or not, in the wire's spelling or another. Never throws. */
export function parseEvent(sent: unknown): ParsedEvent {
  const unwrapped = unwrap(sent);
  if ('reason' in unwrapped) return reject('not_an_event', unwrapped.reason);
  const { value } = unwrapped;
  const result = eventSchema.safeParse(inWireSpelling(value));
  if (result.success) return { ok: true, event: result.data };
  return reject(
    'not_an_event',
    result.error.issues
      .slice(0, 3)
      .map((issue) => describeIssue(issue, value))
      .join('; '),
  );
}

/** One line for one violated rule: the field, what was received, what was expected. */
export function describeIssue(issue: z.core.$ZodIssue, input: unknown): string {
  const { path, expected } = expectationOf(issue);
  // The names of fields are the sender's.
  const words = issue.code === 'unrecognized_keys' ? quote(expected) : expected;
  const field = path.join('.');
  const received = valueAt(input, path);
  const came = received === undefined ? 'nothing' : quote(jsonText(received));
  return `${field === '' ? '' : `${field}: `}received ${came}, expected ${words}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** Short and on one line, whatever was sent. */
function quote(text: string): string {
  const line = text.slice(0, 120).replaceAll(/\p{Cc}/gu, ' ');
  return text.length > 120 ? `${beginningOf(line, 117)}…` : line;
}
