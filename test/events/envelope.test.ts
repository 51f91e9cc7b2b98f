import { describe, expect, it } from 'vitest';
import { parseEvent, parseEventBytes } from '../../src/events/parse.ts';
import { anEvent } from '../support/events.ts';

const event = anEvent({ context: { item: 'cap', gender: 'F' } });
const json = JSON.stringify(event);
const bytes = (...parts: (string | number[] | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (Array.isArray(part) ? Buffer.from(part) : Buffer.from(part as string))));
const GUID = Array.from({ length: 16 }, (_, index) => index + 0x80);

describe('an event', () => {
  it.each([
    ['Confluent’s framing', bytes([0, 0, 0, 0, 42], json)],
    ['Apicurio’s framing', bytes([0, 0, 0, 0, 0, 0, 0, 0, 42], json)],
    ['JSON in a text', bytes(JSON.stringify(json))],
    ['Confluent’s framing with a GUID', bytes([1, ...GUID], json)],
    [
      'Confluent’s framing over Debezium’s record',
      bytes([0, 0, 0, 0, 1], JSON.stringify({ after: event, before: null })),
    ],
  ])('an event is taken out of %s', (_name, message) => {
    expect(parseEventBytes(message)).toEqual({ ok: true, event });
  });

  it.each<[string, object]>([
    ['Kafka Connect’s JsonConverter', { schema: { type: 'struct' }, payload: event }],
    ['a payload of text', { schema: { type: 'string' }, payload: json }],
    ['Debezium, with a schema', { schema: {}, payload: { before: null, after: event, op: 'c', ts_ms: 1 } }],
    ['Debezium, without', { before: null, after: event, op: 'r', source: {} }],
    [
      'Debezium’s row: null for what is not there, jsonb as a text',
      { after: { ...event, context: JSON.stringify({ item: 'cap', gender: 'F', ip: null }) }, op: 'c' },
    ],
    ['a CloudEvent', { specversion: '1.0', id: '1', source: '/x', type: 't', data: event }],
    ['a CloudEvent in base 64', { specversion: '1.0', data_base64: Buffer.from(json).toString('base64') }],
    ['a CloudEvent around Connect’s payload', { specversion: '1.0', data: { payload: event } }],
  ])('an event is taken out of %s', (_name, envelope) => {
    expect(parseEvent(envelope)).toEqual({ ok: true, event });
    expect(parseEventBytes(Buffer.from(JSON.stringify(envelope)))).toEqual({ ok: true, event });
  });

  it('an event has no context where the envelope says null', () => {
    const plain = anEvent();
    expect(parseEvent({ payload: { ...plain, context: null } })).toEqual({ ok: true, event: plain });
  });
});

describe('what can’t be unwrapped', () => {
  it.each<[string, Buffer, string]>([
    [
      'Avro with a schema',
      bytes([0, 0, 0, 0, 7], [2, 8, 0x61, 0x62]),
      "of Avro or Protobuf in Confluent's framing (schema 7)",
    ],
    ['Avro with a GUID', bytes([1, ...GUID], [2, 8]), '(schema 808182838485868788898a8b8c8d8e8f)'],
    ['an Avro file', bytes('Obj\x01', [4, 20]), 'received an Avro file'],
    ['an Avro object', bytes([0xc3, 0x01, 1, 2, 3]), 'received an Avro object'],
    ['a deletion', Buffer.from('{"before":{},"after":null,"op":"d"}'), 'a deletion (op "d")'],
    ['an empty payload', Buffer.from('{"schema":{},"payload":null}'), 'without a payload'],
    ['a CloudEvent without data', Buffer.from('{"specversion":"1.0"}'), 'a CloudEvent without data'],
    ['nothing but a frame', bytes([0, 0, 0, 0, 1]), 'expected JSON'],
  ])('what can’t be unwrapped is refused by its name: %s', (_name, message, words) => {
    const parsed = parseEventBytes(message);
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed).replaceAll('\\"', '"')).toContain(words);
  });

  it('what can’t be unwrapped is an envelope in more envelopes than anybody uses', () => {
    let value: object = event;
    for (let depth = 0; depth < 5; depth += 1) value = { payload: value };
    expect(parseEvent(value).ok).toBe(false);
  });
});
