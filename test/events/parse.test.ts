import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_COLUMNS } from '../../src/events/event.ts';
import { MAX_EVENT_BYTES, parseEvent, parseEventBytes } from '../../src/events/parse.ts';
import { anyEvent } from '../support/arbitrary.ts';
import { anEvent } from '../support/events.ts';

const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Why a value is refused; fails where it isn't. */
function reasonFor(value: unknown): string {
  const parsed = parseEvent(value);
  if (parsed.ok) throw new Error(`taken: ${JSON.stringify(value)}`);
  return parsed.rejection.reason;
}

describe('parseEventBytes', () => {
  it('parseEventBytes never throws, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const oneLine = expect.not.stringMatching(/[\n\r\0]/);
        expect(parseEventBytes(Buffer.from(bytes))).toMatchObject({
          ok: false,
          rejection: { reason: oneLine },
        });
      }),
      { numRuns: 500 },
    );
  });

  it('parseEventBytes never throws, whatever JSON comes, and gives its reason in one line that is not long', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        const parsed = parseEventBytes(Buffer.from(json));
        expect(parsed).toMatchObject({
          ok: false,
          rejection: { reason: expect.not.stringMatching(/[\n\r]/) },
        });
        if (!parsed.ok) expect(parsed.rejection.reason.length).toBeLessThan(2_000);
      }),
      { numRuns: 500 },
    );
  });

  it('parseEventBytes gives a valid event back as it was', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(parseEventBytes(bytesOf(event))).toEqual({ ok: true, event });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['no value', null, 'empty'],
    ['an empty value', Buffer.alloc(0), 'empty'],
    ['more bytes than any event has', Buffer.alloc(MAX_EVENT_BYTES + 1, 0x20), 'too_large'],
    ['half of an event', bytesOf(anEvent()).subarray(0, 100), 'not_json'],
    ['two events', Buffer.concat([bytesOf(anEvent()), bytesOf(anEvent())]), 'not_json'],
    ['bytes that are not UTF-8', Buffer.from('fffe00ff', 'hex'), 'not_json'],
    ['an array', bytesOf([anEvent()]), 'not_an_event'],
    ['null', Buffer.from('null'), 'not_an_event'],
  ])('parseEventBytes sets %s aside', (_name, bytes, code) => {
    expect(parseEventBytes(bytes)).toMatchObject({ ok: false, rejection: { code } });
  });

  it('parseEventBytes sets JSON aside that is nested as deeply as its size allows', () => {
    const half = MAX_EVENT_BYTES / 2;
    const arrays = `${'['.repeat(half)}${']'.repeat(half)}`;
    const depth = Math.floor(half / 3) - 20;
    const context = `{"context":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
    for (const text of [arrays, context]) {
      expect(parseEventBytes(Buffer.from(text))).toMatchObject({
        ok: false,
        rejection: { code: 'not_an_event' },
      });
    }
  });

  it('parseEventBytes keeps the reason short where an unknown field has a long name', () => {
    const parsed = parseEventBytes(bytesOf({ ...anEvent(), ['x\n'.repeat(20_000)]: 1 }));
    expect(parsed).toMatchObject({ ok: false, rejection: { reason: expect.stringMatching(/^.{1,600}$/) } });
  });
});

describe('parseEvent', () => {
  it.each(EVENT_COLUMNS)(
    'parseEvent names the field where %s is wrong, and says what was expected',
    (field) => {
      const wrong = fc.oneof(
        fc.constant(undefined),
        fc.constant(null),
        fc.constant(''),
        fc.integer({ min: 2 }),
        fc.string({ maxLength: 40 }),
        fc.object({ maxDepth: 2 }),
        fc.array(fc.integer(), { maxLength: 2 }),
      );
      fc.assert(
        fc.property(anyEvent, wrong, (event, value) => {
          const { [field]: _, ...rest } = event;
          const corrupted = value === undefined ? rest : { ...rest, [field]: value };
          fc.pre(value !== event[field]);
          expect(reasonFor(corrupted)).toMatch(new RegExp(`(^|; )${field}: received .*, expected .+`));
        }),
        { numRuns: 100 },
      );
    },
  );

  it.each([
    ['order_id', { order_id: 'G'.repeat(32) }, '32 lower-case hex digits'],
    ['user_id', { user_id: `${'a'.repeat(32)}\n` }, '32 lower-case hex digits'],
    ['product', { product: 'shoes' }, 'sports_nutrition'],
    ['time', { time: '2026-01-31T12:00:00' }, 'ISO 8601'],
    ['time', { time: '31.01.2026 12:00' }, 'ISO 8601'],
    ['time', { time: '2026-02-30T12:00:00.000Z' }, 'ISO 8601'],
    ['time', { time: '2026-01-31T24:00:00.000Z' }, 'ISO 8601'],
    ['time', { time: '1999-12-31T23:59:59.999Z' }, 'a year from 2000 to 2099'],
    ['time', { time: '2100-01-01T00:00:00.000Z' }, 'a year from 2000 to 2099'],
    ['target', { target: 1 }, '1 for an order and 0 for anything else'],
    ['target', { target: true }, '0 or 1'],
    ['target', { target: '0' }, '0 or 1'],
    ['context.ip', { context: { ip: '300.1.1.1' } }, 'expected an IPv4 or IPv6 address'],
    ['context.age', { context: { age: 131 } }, 'expected 0 to 130 years'],
    ['context.user_agent', { context: { user_agent: 'a\0b' } }, 'text without NUL'],
    ['context.referrer', { context: { referrer: '\ud800' } }, 'text without NUL or lone surrogates'],
    ['context.birthdate', { context: { birthdate: '1990-02-30' } }, 'a date'],
    ['context', { context: null }, 'a JSON object'],
    ['context', { context: { colour: 'red' } }, 'no field named colour'],
  ])('parseEvent says of a wrong %s %j that %s was expected', (field, changes, expected) => {
    const reason = reasonFor({ ...anEvent(), ...changes });
    expect(reason.startsWith(`${field}: received `)).toBe(true);
    expect(reason).toContain(expected);
  });

  it('parseEvent refuses fields that an event does not have, __proto__ among them', () => {
    expect(reasonFor({ ...anEvent(), extra: 1 })).toContain('no field named extra');
    const text = JSON.stringify(anEvent()).replace('{', '{"__proto__":{"target":1},');
    expect(reasonFor(JSON.parse(text))).toContain('__proto__');
    expect(reasonFor({ ...anEvent(), context: JSON.parse('{"__proto__":{"bot":true}}') })).toContain(
      '__proto__',
    );
  });

  it('parseEvent never throws, whatever value comes', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        expect(parseEvent(value).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
