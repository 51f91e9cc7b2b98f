import { pgTable } from 'drizzle-orm/pg-core';
import { describe, expect, it } from 'vitest';
import { contextSchema, EVENT_COLUMNS, eventSchema, hexId } from '../../src/events/event.ts';
import { exampleEvent } from '../../src/events/example.ts';
import { anEvent } from '../support/events.ts';

const takes = (changes: object) => eventSchema.safeParse({ ...anEvent(), ...changes }).success;
const takesContext = (context: object) => contextSchema.safeParse(context).success;

it("an event has the dataset's columns, in the order of its header", () => {
  expect(EVENT_COLUMNS.join()).toBe('order_id,user_id,page_id,product,site_version,time,title,target');
});

it('the example that is shown is an event', () => {
  expect(eventSchema.parse(exampleEvent)).toEqual(exampleEvent);
});

it.each([
  ['2000-01-01T00:00:00.000Z', true],
  ['2099-12-31T23:59:59.999Z', true],
  ['1999-12-31T23:59:59.999Z', false],
  ['2100-01-01T00:00:00.000Z', false],
  ['2026-01-31T12:00:00Z', false],
  ['2026-01-31T12:00:00.0000Z', false],
  ['2026-01-31T12:00:00.000+00:00', false],
])('the time of an event may be %s: %j', (time, expected) => {
  expect(takes({ time })).toBe(expected);
});

it.each([
  ['order', 1, true],
  ['order', 0, false],
  ['banner_click', 0, true],
  ['banner_click', 1, false],
])('%s with the target %i is an event: %j', (title, target, expected) => {
  expect(takes({ title, target })).toBe(expected);
});

describe('its context', () => {
  it.each([
    ['user_agent', 1024],
    ['referrer', 2048],
    ['item', 64],
  ])('the context of an event has a %s of up to %i characters', (field, longest) => {
    expect(takesContext({ [field]: 'x'.repeat(longest) })).toBe(true);
    expect(takesContext({ [field]: 'x'.repeat(longest + 1) })).toBe(false);
  });

  it('the context of an event has an age of whole years from 0 to 130', () => {
    expect([0, 130].map((age) => takesContext({ age }))).toEqual([true, true]);
    expect([-1, 131, 30.5, '30', null].map((age) => takesContext({ age }))).toEqual(Array(5).fill(false));
  });

  it('the context of an event has no text that PostgreSQL could not keep', () => {
    expect(takesContext({ item: '👟' })).toBe(true);
    expect(['a\0', '\ud83d', '\udc5f'].map((item) => takesContext({ item }))).toEqual([false, false, false]);
  });
});

it('an id is read from its column as the program writes it', () => {
  const { id } = pgTable('ids', { id: hexId() });
  expect(id.mapFromDriverValue('0193fb5c-7d1e-7c3a-a1f0-4b2d9e6c8f10')).toBe(exampleEvent.order_id);
});
