import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KafkaRecord } from '../../src/consumer/record.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { type LiveEvent, orderIdOf, pageIdOf, parseBatch, userIdOf } from '../../src/ingest/batch.ts';
import { anyEvent, anyPlainEvent } from '../support/arbitrary.ts';
import { anEvent } from '../support/events.ts';

const DAY_MS = 86_400_000;
const LATEST = Date.parse('2100-01-01T00:00:00.000Z');

const recordOf = (value: string | null, offset = 0, timestamp = LATEST): KafkaRecord => ({
  offset: BigInt(offset),
  timestamp,
  key: null,
  value: value === null ? null : Buffer.from(value),
});
const parse = (...values: readonly (string | null)[]) =>
  parseBatch({ partition: 0, records: values.map((value, offset) => recordOf(value, offset)) });
const parseEvents = (...events: readonly ShopEvent[]) =>
  parse(...events.map((event) => JSON.stringify(event)));

/** What an event that was read says, with its ids as text. */
const said = (event: LiveEvent) => ({
  order_id: orderIdOf(event),
  user_id: userIdOf(event),
  page_id: pageIdOf(event),
  product: event.dimensions.product,
  site_version: event.dimensions.device,
  time: new Date(event.time).toISOString(),
  title: event.dimensions.title,
  context: JSON.parse(event.context),
});

describe('an event', () => {
  it('an event is read as it was sent, also where another program wrote it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(anyEvent, anyPlainEvent), { maxLength: 5 }),
        fc.constantFrom(0, 2),
        (events, indent) => {
          const {
            events: read,
            repeats,
            deadLetters,
          } = parse(...events.map((event) => JSON.stringify(event, null, indent)));
          expect(deadLetters).toEqual([]);
          const wanted = events.map(({ target: _, context = {}, ...fields }) => ({ ...fields, context }));
          expect([...read, ...repeats].map(said)).toEqual(wanted);
        },
      ),
    );
  });

  it.each([
    [undefined, false, false],
    [{ bot: true }, true, false],
    [{ bot: false, simulated: true }, false, true],
    [{ user_agent: 'x', bot: true, simulated: true }, true, true],
    [{ user_agent: '"bot":true', referrer: '\\"simulated":true' }, false, false],
  ])('with the context %j is of a robot: %j, simulated: %j', (context, robot, simulated) => {
    const [event] = parseEvents(anEvent(context === undefined ? {} : { context })).events;
    expect(event?.dimensions).toMatchObject({ robot, simulated });
  });
});

describe('an order_id that comes again in a batch', () => {
  it('an order_id that comes again in a batch counts once: its first record is the event, the others are repeats', () => {
    const [one, other] = [anEvent(), anEvent()];
    const changed = { ...one, product: 'sneakers' as const };
    const { events, repeats, deadLetters } = parseEvents(one, other, one, changed);
    expect(events.map(({ record }) => record.offset)).toEqual([0n, 1n]);
    expect(repeats.map(({ record }) => record.offset)).toEqual([2n, 3n]);
    expect(repeats.map(said)).toMatchObject([{ order_id: one.order_id }, { product: 'sneakers' }]);
    expect(deadLetters).toEqual([]);
  });

  it('an order_id that comes again in a batch does not repeat one that was set aside', () => {
    const event = anEvent();
    const { events, repeats } = parse(JSON.stringify({ ...event, product: 'shoes' }), JSON.stringify(event));
    expect([events.length, repeats.length]).toEqual([1, 0]);
  });
});

describe('a record that is no event', () => {
  it('a record that is no event is set aside with its reason, and what is around it stays', () => {
    const { events, deadLetters } = parse(
      null,
      JSON.stringify(anEvent()),
      '{',
      '[]',
      JSON.stringify(anEvent()),
    );
    expect(events.map(({ record }) => record.offset)).toEqual([1n, 4n]);
    expect(deadLetters.map(({ record, rejection }) => [record.offset, rejection.code])).toEqual([
      [0n, 'empty'],
      [2n, 'not_json'],
      [3n, 'not_an_event'],
    ]);
  });

  it('parseBatch never throws and loses no record, whatever bytes come', () => {
    const bytes = fc.option(fc.uint8Array({ maxLength: 60 }), { nil: null });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 10 }), (values) => {
        const records = values.map((value, offset) => ({
          ...recordOf(null, offset),
          value: value === null ? null : Buffer.from(value),
        }));
        expect(parseBatch({ partition: 0, records }).deadLetters).toHaveLength(values.length);
      }),
    );
  });

  it('the reason of a batch that did not unpack says why', () => {
    const record = { ...recordOf('bytes'), undecodable: 'received a batch' };
    expect(parseBatch({ partition: 0, records: [record] }).deadLetters).toEqual([
      { record, rejection: { code: 'undecodable', reason: 'received a batch' } },
    ]);
  });

  it('every record of a batch that Postgres refuses is set aside for its reason', () => {
    const records = [recordOf(JSON.stringify(anEvent())), recordOf('{', 1)];
    const { events, deadLetters } = parseBatch({ partition: 0, records, unstorable: 'invalid byte' });
    expect(events).toEqual([]);
    expect(deadLetters.map(({ rejection }) => rejection)).toEqual(
      Array(2).fill({ code: 'unstorable', reason: 'invalid byte' }),
    );
  });
});

describe('an event of the future', () => {
  const now = Date.parse('2026-01-31T12:00:00.000Z');
  const codesOf = (time: number, timestamp: number, received_at?: number) => {
    const context =
      received_at === undefined ? {} : { context: { received_at: new Date(received_at).toISOString() } };
    const event = anEvent({ time: new Date(time).toISOString(), ...context });
    const records = [recordOf(JSON.stringify(event), 0, timestamp)];
    return parseBatch({ partition: 0, records }).deadLetters.map(({ rejection }) => rejection.code);
  };

  it('an event of the future is set aside where it lies more than a day behind what Kafka or its receiver says', () => {
    expect(codesOf(now + DAY_MS, now)).toEqual([]);
    expect(codesOf(now + DAY_MS + 1, now)).toEqual(['time_in_the_future']);
    expect(codesOf(now + DAY_MS + 1, now + DAY_MS, now)).toEqual(['time_in_the_future']);
    expect(codesOf(now + DAY_MS + 1, now, now + DAY_MS)).toEqual(['time_in_the_future']);
  });

  it('an event of the future is believed where nobody knows when it was received', () => {
    expect(codesOf(now, -1)).toEqual([]);
    expect(codesOf(now, 0)).toEqual([]);
    // In seconds, and of a clock that was never set.
    expect(codesOf(now, Math.floor(now / 1000))).toEqual([]);
    expect(codesOf(now, Date.parse('1999-12-31T23:59:59.999Z'))).toEqual([]);
    expect(codesOf(now, Date.parse('2000-01-01T00:00:00.000Z'))).toEqual(['time_in_the_future']);
    expect(codesOf(now, -1, now - 2 * DAY_MS)).toEqual(['time_in_the_future']);
  });
});
