import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Content, conflictOf } from '../../src/events/same.ts';

const event: Content = {
  user_id: 'a'.repeat(32),
  page_id: 'b'.repeat(32),
  product: 'clothes',
  site_version: 'mobile',
  time: 1_769_860_800_000,
  title: 'order',
};
const FIELDS = Object.keys(event) as (keyof Content)[];

it('the same content again is the same event, as which object it may come', () => {
  expect(conflictOf('1'.repeat(32), { ...event }, event)).toBeUndefined();
});

it('another content under a known order_id is a conflict that names the fields in which they differ', () => {
  fc.assert(
    fc.property(fc.subarray(FIELDS, { minLength: 1 }), (changed) => {
      const other = {
        ...event,
        ...Object.fromEntries(changed.map((field) => [field, field === 'time' ? 0 : 'x'])),
      };
      expect(conflictOf('1'.repeat(32), other, event)).toEqual({
        code: 'order_id_conflict',
        reason: `order_id: received ${'1'.repeat(32)} again with another ${changed.join(', ')}, expected an order_id of its own or the same event`,
      });
    }),
  );
});

it('times that differ by a millisecond are two events', () => {
  expect(conflictOf('1'.repeat(32), { ...event, time: event.time + 1 }, event)?.reason).toContain(
    'another time,',
  );
});
