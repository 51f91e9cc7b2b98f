// An event's ids and times as other programs spell them, in the wire's own spelling: UUIDs in upper case or with dashes,
// times with other precision or with an offset from UTC. Only unambiguous ones: a time without an offset stays as it
// is, and is refused. Pure.

import { isObject, type JsonObject } from './json-object.ts';

const ID_FIELDS = ['order_id', 'user_id', 'page_id'] as const;
const HEX = /^[0-9a-f]{32}$/i;
/** RFC 9562's, also as a URN, or in the braces of Microsoft's tools. */
const UUID_TEXT = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const UUID = new RegExp(`^(?:(?:urn:uuid:)?${UUID_TEXT}|\\{${UUID_TEXT}\\})$`, 'i');
/** RFC 3339, 5.6, with its `T` or space, and ISO 8601's comma, offsets without a colon and times without seconds;
 * UTC by its name, as databases write it. */
const TIME =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:Z| UTC| GMT|([+-])(\d{2}):?(\d{2})?)$/i;
const MINUTE_MS = 60_000;

/** An event in the wire's spelling, where it is an object; whatever else is wrong with it stays. */
export function inWireSpelling(value: unknown): unknown {
  if (!isObject(value)) return value;
  const ids = ID_FIELDS.map((field) => [field, respelled(value[field], wireId)] as const);
  const changed = withFields(value, [...ids, ['time', respelled(value.time, wireTime)]]);
  const { context } = changed;
  if (!isObject(context)) return changed;
  const received_at = respelled(context.received_at, wireTime);
  return received_at === context.received_at
    ? changed
    : { ...changed, context: withFields(context, [['received_at', received_at]]) };
}

const respelled = (value: unknown, spell: (text: string) => string): unknown =>
  typeof value === 'string' ? spell(value) : value;

/** The object itself where no field differs, so that the usual event costs no copy. */
function withFields(object: JsonObject, fields: readonly (readonly [string, unknown])[]): JsonObject {
  const changed = fields.filter(([name, value]) => object[name] !== value);
  return changed.length === 0 ? object : { ...object, ...Object.fromEntries(changed) };
}

/** An id in lower case and without dashes; any other text as it is. */
export function wireId(text: string): string {
  return HEX.test(text) || UUID.test(text)
    ? text
        .replace(/^urn:uuid:/i, '')
        .replaceAll(/[{}-]/g, '')
        .toLowerCase()
    : text;
}

/** Microseconds are cut off, not rounded: an event never moves into the next day. */
function wireTime(text: string): string {
  const [, date, minutes, seconds = '00', fraction = '', sign, hours, rest = '00'] = TIME.exec(text) ?? [];
  if (date === undefined) return text;
  const there = `${date}T${minutes}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const ms = Date.parse(there);
  // Date.parse turns February 30th into a day of March.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== there) return text;
  if (sign === undefined) return there;
  if (Number(hours) > 23 || Number(rest) > 59) return text;
  const offset = (Number(hours) * 60 + Number(rest)) * MINUTE_MS;
  return new Date(sign === '+' ? ms - offset : ms + offset).toISOString();
}
