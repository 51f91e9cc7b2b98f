import type { Request } from 'express';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/catalogue/catalogue.ts';
import { postedContext } from '../../src/enrichment/request-context.ts';
import type { EventContext, ShopEvent } from '../../src/events/event.ts';
import { parseEventBytes } from '../../src/events/parse.ts';
import { readWire, writeWire } from '../../src/events/wire.ts';
import { toEvent } from '../../src/storefront/tracking.ts';
import { anyEvent, anyPlainEvent } from '../support/arbitrary.ts';
import { anEvent } from '../support/events.ts';

const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

/** The event as readWire has it; undefined where it declines. */
function readShort(bytes: Buffer): ShopEvent | undefined {
  const wire = readWire(bytes);
  if (wire === undefined) return undefined;
  const { context, ...fields } = wire;
  const target = fields.title === 'order' ? 1 : 0;
  return { ...fields, target, ...(context === undefined ? {} : { context: JSON.parse(context) }) };
}

/** Fails where the short road takes what the long one refuses, or reads it otherwise. */
function expectAgreement(bytes: Buffer): void {
  const event = readShort(bytes);
  if (event !== undefined) expect(parseEventBytes(bytes)).toEqual({ ok: true, event });
}

/** What a client of the shop may send. */
const request = (headers: Readonly<Record<string, string>>, ip = '::ffff:192.0.2.7') =>
  ({ ip, headers, app: { get: () => 0 }, get: (name: string) => headers[name] }) as unknown as Request;
const visitor = (birthdate: string | null) => ({
  id: 'a'.repeat(32),
  profile: { gender: 'F' as const, birthdate },
  siteVersion: 'mobile' as const,
  siteVersionForced: false,
});
const [item] = CATALOGUE;

describe('readWire', () => {
  it('readWire reads an event as parseEventBytes does, or declines it', () => {
    fc.assert(
      fc.property(anyEvent, (event) => expectAgreement(bytesOf(event))),
      { numRuns: 1_000 },
    );
  });

  it('readWire takes every event whose texts need no escapes', () => {
    fc.assert(
      fc.property(anyPlainEvent, (event) => {
        expect(readShort(bytesOf(event))).toEqual(event);
        expectAgreement(bytesOf(event));
      }),
      { numRuns: 2_000 },
    );
  });

  it('readWire takes nothing that parseEventBytes refuses, however the bytes of an event are changed', () => {
    const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const change = fc.record({
      how: fc.constantFrom('replace', 'insert', 'delete', 'swap', 'repeat'),
      at: place,
      byte: fc.oneof(fc.constantFrom(...Buffer.from('0123456789",:{}\\abcZ. ')), fc.nat(255)),
      length: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(anyPlainEvent, fc.array(change, { minLength: 1, maxLength: 3 }), (event, changes) => {
        let bytes = bytesOf(event);
        for (const { how, at, byte, length } of changes) {
          const from = Math.floor(at * bytes.length);
          const [head, tail] = [bytes.subarray(0, from), bytes.subarray(from)];
          const parts = {
            replace: [head, [byte], tail.subarray(1)],
            insert: [head, [byte], tail],
            delete: [head, tail.subarray(length)],
            swap: [head, tail.subarray(1, 2), tail.subarray(0, 1), tail.subarray(2)],
            repeat: [head, tail.subarray(0, length), tail],
          }[how];
          bytes = Buffer.concat(parts.map((part) => Uint8Array.from(part)));
        }
        expectAgreement(bytes);
      }),
      { numRuns: 5_000 },
    );
  });

  it('readWire takes nothing that parseEventBytes refuses, however the digits of its times and numbers are changed', () => {
    fc.assert(
      fc.property(anyPlainEvent, fc.infiniteStream(fc.nat({ max: 9 })), fc.nat(), (event, digits, seed) => {
        let count = 0;
        const text = JSON.stringify(event).replace(/\d/g, (digit) => {
          count += 1;
          return (seed + count) % 7 === 0 ? String(digits.next().value) : digit;
        });
        expectAgreement(Buffer.from(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('readWire takes no address that parseEventBytes refuses', () => {
    const groups = fc.string({ unit: fc.constantFrom(...'019af:.'), maxLength: 24 });
    const address = fc.oneof(
      fc.ipV6(),
      fc.ipV4(),
      groups,
      fc.ipV6().map((ip) => ip.replace(':', '::')),
    );
    fc.assert(
      fc.property(address, (ip) => expectAgreement(bytesOf(anEvent({ context: { ip } })))),
      { numRuns: 3_000 },
    );
  });

  const text = JSON.stringify(
    anEvent({ time: '2026-03-01T12:00:00.000Z', context: { ip: '192.0.2.7', age: 40, item: 'cap' } }),
  );

  it.each([
    ['a day that the month does not have', '2026-03-01T12', '2026-02-30T12'],
    ['29 February of a common year', '2026-03-01T12', '2026-02-29T12'],
    ['the hour 24', 'T12:', 'T24:'],
    ['a leap second', ':00.000Z', ':60.000Z'],
    ['the year 1999', '"2026-', '"1999-'],
    ['the year 2100', '"2026-', '"2100-'],
    ['a time without an offset', '.000Z', '.000'],
    ['an IPv4 address with 256 in it', '192.0.2.7', '192.0.2.256'],
    ['an IPv4 address with a leading zero', '192.0.2.7', '192.0.2.07'],
    ['an age of 131', ':40,', ':131,'],
    ['an age with a leading zero', ':40,', ':040,'],
    ['a comma behind the last key', '"cap"', '"cap",'],
    ['a comma before the first key', '{"ip"', '{,"ip"'],
    ['no comma between keys', ',"item"', '"item"'],
    ['an unknown key', '"item"', '"items"'],
    ['an item that is too long', '"cap"', `"${'c'.repeat(65)}"`],
    ['a control character', '"cap"', '"c\tp"'],
    ['an order whose target is 0', 'banner_click', 'order'],
    ['a target of 1 without an order', '"target":0', '"target":1'],
    ['upper-case digits in an id', '"page_id":"', '"page_id":"A'],
    ['more behind the event', '}}', '}}}'],
  ])('readWire declines %s, as parseEventBytes refuses it', (_name, from, to) => {
    expect(readWire(Buffer.from(text))).toBeDefined();
    const wrong = Buffer.from(text.replace(from, to));
    expect(readWire(wrong)).toBeUndefined();
    expect(parseEventBytes(wrong).ok).toBe(false);
  });

  it.each([
    ['another order of keys', { context: { item: 'cap', ip: '192.0.2.7' } }],
    ['a text with an escape', { context: { user_agent: 'a "quoted" one' } }],
    ['a text beyond ASCII', { context: { referrer: 'https://example.com/é' } }],
  ])('readWire leaves %s to parseEventBytes', (_name, changes) => {
    const bytes = bytesOf(anEvent(changes));
    expect(readWire(bytes)).toBeUndefined();
    expect(parseEventBytes(bytes).ok).toBe(true);
  });

  it('readWire takes what the storefront writes', () => {
    if (item === undefined) throw new Error('the catalogue is empty');
    const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)', referer: 'http://127.0.0.1:3000/' };
    for (const sent of [{}, headers, { referer: headers.referer }])
      for (const birthdate of [null, '1990-12-31'])
        for (const ip of ['::ffff:192.0.2.7', '127.0.0.1', '::1', '2001:db8::8a2e:370:7334']) {
          const show = { title: 'banner_show', item, pageId: 'b'.repeat(32) } as const;
          const order = { title: 'order', item, orderId: 'c'.repeat(32) } as const;
          for (const action of [show, order]) {
            const event = toEvent(request(sent, ip), visitor(birthdate), action, 'full');
            expect(readShort(bytesOf(event))).toEqual(event);
          }
        }
  });

  it('readWire takes an event without a context', () => {
    const event = anEvent();
    expect(readShort(bytesOf(event))).toEqual(event);
  });

  it.each<[string, EventContext]>([
    ['nothing', {}],
    ['an item', { item: 'cap' }],
    ['its client', { ip: '192.0.2.9', user_agent: 'curl/8', referrer: 'https://example.com/' }],
    ['its visitor', { gender: 'M', age: 30, birthdate: '1996-01-31', item: 'cap', bot: false }],
    [
      'all',
      {
        ip: '192.0.2.9',
        user_agent: 'curl/8',
        gender: 'M',
        bot: true,
        received_at: '2026-03-01T12:00:00.000Z',
      },
    ],
  ])('readWire takes what the collector writes of an event that tells %s', (_name, given) => {
    for (const headers of [{}, { 'user-agent': 'Mozilla/5.0', referer: 'https://example.com/page' }]) {
      const contextOf = postedContext(request(headers), 'full', '2026-03-01T12:00:00.000Z');
      const event = { ...anEvent(), context: contextOf(given) };
      expect(readShort(bytesOf(event))).toEqual(event);
    }
  });
});

describe('writeWire', () => {
  it('writeWire writes what JSON.stringify writes', () => {
    // A context that several events share, as those of one request do.
    const several = fc.array(fc.tuple(anyEvent, fc.boolean()), { maxLength: 5 }).map((events) =>
      events.map(([event, shares]) => {
        const context = shares ? events[0]?.[0].context : event.context;
        return context === undefined ? event : { ...event, context };
      }),
    );
    fc.assert(
      fc.property(several, (events) => {
        expect(writeWire(events)).toEqual(events.map((event) => JSON.stringify(event)));
      }),
      { numRuns: 500 },
    );
  });
});
