// What other programs wrap an event into: Confluent's framing (a zero byte and the id of a schema) over JSON, Kafka
// Connect's {schema, payload}, Debezium's {before, after}, CloudEvents' {specversion, data}. They are taken off, up to
// MOST_DEEP of them. Content that is not JSON gets a reason that names what it is. Pure; never throws.

import { isObject, type JsonObject } from './json-object.ts';

const MOST_DEEP = 4;
const FRAME_BYTES = 5;
/** Since 2025 schemas may be named by a GUID instead. */
const GUID_FRAME_BYTES = 17;
/** Apicurio's ids have eight bytes. */
const LONG_ID_FRAME_BYTES = 9;
const AVRO_FILE = Buffer.from('Obj\x01', 'latin1');
const AVRO_SINGLE_OBJECT = Buffer.from([0xc3, 0x01]);

/** What is inside, or why that can't be had, as "received …, expected …". */
export type Unwrapped<T> = { readonly value: T } | { readonly reason: string };

const OPEN = [0x7b, 0x5b];
const isJsonLike = (bytes: Buffer) => OPEN.includes(bytes.toString('latin1').trimStart().charCodeAt(0));
const startsWith = (bytes: Buffer, start: Buffer) => bytes.subarray(0, start.length).equals(start);

/** Takes Confluent's framing off the bytes of a message. */
export function unframe(bytes: Buffer): Unwrapped<Buffer> {
  if (startsWith(bytes, AVRO_FILE)) return { reason: 'received an Avro file, expected an event as JSON' };
  if (startsWith(bytes, AVRO_SINGLE_OBJECT))
    return { reason: 'received an Avro object, expected an event as JSON' };
  const length = bytes[0] === 0 ? FRAME_BYTES : bytes[0] === 1 ? GUID_FRAME_BYTES : 0;
  if (length === 0 || bytes.length <= length) return { value: bytes };
  const inside = bytes.subarray(length);
  if (isJsonLike(inside)) return { value: inside };
  const behindLongId = bytes.subarray(LONG_ID_FRAME_BYTES);
  if (bytes[0] === 0 && isJsonLike(behindLongId)) return { value: behindLongId };
  const schema =
    bytes[0] === 0 ? `schema ${bytes.readUInt32BE(1)}` : `schema ${bytes.toString('hex', 1, length)}`;
  return {
    reason: `received ${inside.length} bytes of Avro or Protobuf in Confluent's framing (${schema}), expected an event as JSON`,
  };
}

/** Takes envelopes off a JSON value, JSON in a text too; one that is none comes back as it is. */
export function unwrap(value: unknown): Unwrapped<unknown> {
  let inside = parsedText(value);
  for (let depth = 0; depth < MOST_DEEP; depth += 1) {
    if (!isObject(inside) || 'order_id' in inside) break;
    const taken = takeOff(inside);
    if (taken === undefined) break;
    if ('reason' in taken) return taken;
    inside = parsedText(taken.value);
  }
  return { value: inside === value ? value : withoutNulls(inside) };
}

function takeOff(envelope: JsonObject): Unwrapped<unknown> | undefined {
  if ('specversion' in envelope) return cloudEventData(envelope);
  if ('payload' in envelope) {
    return envelope.payload === null
      ? { reason: "received Kafka Connect's envelope without a payload, expected an event in it" }
      : { value: envelope.payload };
  }
  if (!('after' in envelope)) return undefined;
  return envelope.after === null
    ? {
        reason: `received a Debezium record of a deletion (op ${JSON.stringify(envelope.op ?? null)}), expected an event in "after"`,
      }
    : { value: envelope.after };
}

function cloudEventData({ data, data_base64 }: JsonObject): Unwrapped<unknown> {
  if (data !== undefined && data !== null) return { value: data };
  if (typeof data_base64 !== 'string')
    return { reason: 'received a CloudEvent without data, expected an event in "data"' };
  return { value: Buffer.from(data_base64, 'base64').toString('utf8') };
}

/** JSON that was sent as a text, as StringConverter and data_base64 do. */
function parsedText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Envelopes with a schema write null for what is not there, and a column of jsonb as a text. */
function withoutNulls(event: unknown): unknown {
  if (!isObject(event)) return event;
  const { context: given, ...fields } = event;
  const context = parsedText(given);
  if (context === undefined || context === null) return fields;
  if (!isObject(context)) return { ...fields, context };
  return {
    ...fields,
    context: Object.fromEntries(Object.entries(context).filter(([, value]) => value !== null)),
  };
}
