// Values for property-based tests. A failing property prints its seed and the smallest input that fails.

import fc from 'fast-check';
import { DEVICES, type ShopEvent, TITLES } from '../../src/events/event.ts';
import { PRODUCTS } from '../../src/events/products.ts';

const HEX = [...'0123456789abcdef'] as const;

export const anyId = fc.string({ unit: fc.constantFrom(...HEX), minLength: 32, maxLength: 32 });

/** Any moment that an event may bear. */
export const anyTime = fc
  .date({
    min: new Date('2000-01-01T00:00:00.000Z'),
    max: new Date('2099-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());

const text = (maxLength: number) =>
  fc
    .string({ unit: 'binary', maxLength })
    .filter((value) => !value.includes('\0') && /^\P{Surrogate}*$/u.test(value) && value.length <= maxLength);

const anyContext = fc.record(
  {
    ip: fc.oneof(fc.ipV4(), fc.ipV6()),
    user_agent: text(1024),
    referrer: text(2048),
    gender: fc.constantFrom('F' as const, 'M' as const, 'U' as const),
    age: fc.integer({ min: 0, max: 130 }),
    birthdate: anyTime.map((time) => time.slice(0, 10)),
    item: text(64),
    bot: fc.boolean(),
    received_at: anyTime,
  },
  { requiredKeys: [] },
);

/** Any event that the schema takes. */
export const anyEvent: fc.Arbitrary<ShopEvent> = fc
  .record(
    {
      order_id: anyId,
      user_id: anyId,
      page_id: anyId,
      product: fc.constantFrom(...PRODUCTS),
      site_version: fc.constantFrom(...DEVICES),
      time: anyTime,
      title: fc.constantFrom(...TITLES),
      context: anyContext,
    },
    {
      requiredKeys: ['order_id', 'user_id', 'page_id', 'product', 'site_version', 'time', 'title'],
    },
  )
  .map((event) => ({ ...event, target: event.title === 'order' ? (1 as const) : (0 as const) }) as ShopEvent);
