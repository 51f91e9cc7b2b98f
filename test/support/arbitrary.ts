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

const contextWith = (words: typeof text) => ({
  ip: fc.oneof(fc.ipV4(), fc.ipV6()),
  user_agent: words(1024),
  referrer: words(2048),
  gender: fc.constantFrom('F' as const, 'M' as const, 'U' as const),
  age: fc.integer({ min: 0, max: 130 }),
  birthdate: anyTime.map((time) => time.slice(0, 10)),
  item: words(64),
  bot: fc.boolean(),
  received_at: anyTime,
});

const eventWith = <C>(context: fc.Arbitrary<C>): fc.Arbitrary<ShopEvent> =>
  fc
    .record({
      order_id: anyId,
      user_id: anyId,
      page_id: anyId,
      product: fc.constantFrom(...PRODUCTS),
      site_version: fc.constantFrom(...DEVICES),
      time: anyTime,
      title: fc.constantFrom(...TITLES),
      context: fc.option(context, { nil: undefined }),
    })
    .map(({ context, ...fields }) => {
      const target = fields.title === 'order' ? 1 : 0;
      return { ...fields, target, ...(context === undefined ? {} : { context }) } as ShopEvent;
    });

/** Any event that the schema takes. */
export const anyEvent = eventWith(fc.record(contextWith(text), { requiredKeys: [] }));

/** Letters that JSON writes as they are. */
const plainText = (maxLength: number) =>
  fc.string({ maxLength }).map((words) => words.replaceAll(/["\\]/g, '/'));

/** An event as our own producers write it, in their order of keys. */
export const anyPlainEvent = eventWith(
  fc
    .record({ ...contextWith(plainText), ip: fc.ipV4() }, { requiredKeys: [] })
    .map(({ ip, user_agent, bot, referrer, ...others }) =>
      Object.fromEntries(
        Object.entries({ ip, user_agent, bot, referrer, ...others }).filter(
          ([, value]) => value !== undefined,
        ),
      ),
    ),
);
