// One line of a file of clicks: the fields that sessions need, or the reason why it is rejected.

import { isUtf8 } from 'node:buffer';
import { beginningOf } from '../../runtime/beginning.ts';
import { FARTHEST_MS } from '../../runtime/day.ts';
import { jsonText } from '../../runtime/json-text.ts';

/** The fields that sessions need; others are ignored. */
export const TEXT_FIELDS = ['anonymous_id', 'browser_family', 'os_family', 'device_family'] as const;
export const TIME_FIELD = 'device_sent_timestamp';

/** The line with the needed fields alone, or the reason why it is rejected. */
export type CheckedLine = { readonly line: string } | { readonly reason: string };

const SHOWN = 60;
const HALF_SURROGATE_PAIR = /\p{Surrogate}/u;
const EXPECTED_TIME = `${TIME_FIELD}: received %, expected a whole number of milliseconds since 1970, at most 8.64e15 from it`;

const shorten = (text: string) => (text.length > SHOWN ? `${beginningOf(text, SHOWN)}…` : text);
const shown = (value: unknown) => (value === undefined ? 'nothing' : shorten(jsonText(value)));

/** Validates one line. @param bytes without the line end */
export function checkLine(bytes: Buffer): CheckedLine {
  if (!isUtf8(bytes)) return { reason: 'received bytes that are not UTF-8, expected JSON in UTF-8' };
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: `received ${shown(text)}, expected a JSON object` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { reason: `received ${shown(value)}, expected a JSON object` };
  return checkFields(value as Record<string, unknown>);
}

function checkFields(click: Record<string, unknown>): CheckedLine {
  for (const field of TEXT_FIELDS) {
    const value = click[field];
    if (typeof value !== 'string') return { reason: `${field}: received ${shown(value)}, expected text` };
    if (HALF_SURROGATE_PAIR.test(value))
      return { reason: `${field}: received half a surrogate pair, expected whole characters` };
  }
  if (click.anonymous_id === '')
    return { reason: 'anonymous_id: received an empty text, expected the id of a visitor' };
  const time = click[TIME_FIELD];
  if (typeof time !== 'number' || !Number.isInteger(time) || Math.abs(time) > FARTHEST_MS)
    return { reason: EXPECTED_TIME.replace('%', () => shown(time)) };
  const needed = [...TEXT_FIELDS.map((field) => [field, click[field]]), [TIME_FIELD, time + 0]];
  return { line: JSON.stringify(Object.fromEntries(needed)) };
}
