import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvent, parseEventBytes } from '../../src/events/parse.ts';
import { inWireSpelling } from '../../src/events/spelling.ts';
import { anyEvent, anyTime } from '../support/arbitrary.ts';
import { anEvent } from '../support/events.ts';

const dashed = (id: string) => id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const timeOf = (time: string) => (inWireSpelling({ time }) as { time: string }).time;

describe('the wire’s spelling', () => {
  it('the wire’s spelling is what an event in it keeps, the object itself', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(inWireSpelling(event)).toBe(event);
      }),
    );
  });

  it('the wire’s spelling is given to UUIDs in upper case, with dashes or both', () => {
    fc.assert(
      fc.property(anyEvent, fc.boolean(), fc.boolean(), (event, upper, dashes) => {
        const spell = (id: string) => {
          const spelled = dashes ? dashed(id) : id;
          return upper ? spelled.toUpperCase() : spelled;
        };
        const { order_id, user_id, page_id } = event;
        const sent = {
          ...event,
          order_id: spell(order_id),
          user_id: spell(user_id),
          page_id: spell(page_id),
        };
        expect(parseEvent(sent)).toEqual({ ok: true, event });
      }),
    );
  });

  it('the wire’s spelling is given to UUIDs as URNs and in braces', () => {
    const event = anEvent();
    const order_id = `{${dashed(event.order_id).toUpperCase()}}`;
    const user_id = `urn:uuid:${dashed(event.user_id)}`;
    expect(parseEvent({ ...event, order_id, user_id })).toEqual({ ok: true, event });
    for (const id of [
      `{${dashed(event.order_id)}`,
      `urn:uuid:{${dashed(event.order_id)}}`,
      `{${event.order_id}}`,
    ])
      expect(parseEvent({ ...event, order_id: id }).ok).toBe(false);
  });

  it.each([
    ['2026-01-31 12:00:00 UTC', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.500Z'],
    ['2026-01-31T12:00:00.123999Z', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31T12:00:00,25z', '2026-01-31T12:00:00.250Z'],
    ['2026-01-31 12:00:00.123456+00', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31T12:00:00.000+01:00', '2026-01-31T11:00:00.000Z'],
    ['2026-01-01T00:30:00+0530', '2025-12-31T19:00:00.000Z'],
    ['2026-12-31T23:30:00-03', '2027-01-01T02:30:00.000Z'],
    ['2026-01-31T12:00Z', '2026-01-31T12:00:00.000Z'],
  ])('of the time %s is %s', (sent, wire) => {
    expect(timeOf(sent)).toBe(wire);
    const event = anEvent({ time: wire });
    expect(parseEvent({ ...event, time: sent })).toEqual({ ok: true, event });
    const received = { ...event, context: { received_at: wire } };
    expect(parseEvent({ ...received, context: { received_at: sent } })).toEqual({
      ok: true,
      event: received,
    });
  });

  it('the wire’s spelling is the same moment at every offset', () => {
    fc.assert(
      fc.property(anyTime, fc.integer({ min: -14 * 60, max: 14 * 60 }), (time, offset) => {
        const there = new Date(Date.parse(time) + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
        expect(timeOf(`${there}${zone}`)).toBe(time);
      }),
    );
  });

  it.each([
    '2026-01-31T12:00:00',
    '2026-02-30T12:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T12:00:60Z',
    '2026-01-31T12:00:00+24:00',
    '2026-01-31T12:00:00+01:60',
    '2026-01-31',
    '1767225600',
    ' 2026-01-31T12:00:00Z',
  ])('the wire’s spelling is not guessed for %j', (time) => {
    expect(timeOf(time)).toBe(time);
    expect(parseEvent(anEvent({ time })).ok).toBe(false);
  });
});

describe('the bytes of a message', () => {
  const event = anEvent();
  it('the bytes of a message may begin with a byte order mark', () => {
    expect(parseEventBytes(Buffer.from(`\ufeff${JSON.stringify(event)}`))).toEqual({ ok: true, event });
  });

  it.each([
    ['a Latin-1 é', [0xe9]],
    ['half of a sequence', [0xc3]],
    ['a surrogate in three bytes', [0xed, 0xa0, 0x80]],
  ])('the bytes of a message are refused with %s in a text, and never stored as �', (_name, wrong) => {
    const text = JSON.stringify({ ...event, context: { item: '@' } });
    const [before = '', after = ''] = text.split('@');
    const parsed = parseEventBytes(
      Buffer.concat([Buffer.from(before), Buffer.from(wrong), Buffer.from(after)]),
    );
    expect(parsed).toMatchObject({ ok: false, rejection: { code: 'not_json' } });
    expect(JSON.stringify(parsed)).toContain('expected JSON in UTF-8');
  });
});
