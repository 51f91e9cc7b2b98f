import { expect, it } from 'vitest';
import type { ShopEvent } from '../../src/events/event.ts';
import { refusalOf, takenAtOf } from '../../src/kafka/refusal.ts';
import { anEvent } from '../support/events.ts';

const DAY_MS = 86_400_000;
const T0 = Date.UTC(2026, 0, 1);
const at = (ms: number) => new Date(T0 + ms).toISOString();
const taken = (time: string): ShopEvent => anEvent({ time, context: { received_at: at(0) } });
const refused = (event: ShopEvent) => refusalOf(JSON.stringify(event), event);

it('an event that ingest stores is not refused, also where it is written as the shop would not', () => {
  expect(refused(taken(at(0)))).toBeUndefined();
  const { order_id, ...rest } = taken(at(0));
  expect(refused({ ...rest, order_id })).toBeUndefined();
});

it('an event is refused from more than a day after it was taken on, in words', () => {
  expect(refused(taken(at(DAY_MS)))).toBeUndefined();
  expect(refused(taken(at(DAY_MS + 1)))).toMatchObject({
    code: 'REFUSED',
    message: expect.stringContaining('no event: time: received 2026-01-02T00:00:00.001Z'),
  });
});

it('what is no event is refused with what was wrong in it', () => {
  const wrong = { ...taken(at(0)), product: 'a product that there is not' } as unknown as ShopEvent;
  expect(refused(wrong)).toMatchObject({ code: 'REFUSED', message: expect.stringContaining('product') });
});

it.each([['no time'], ['2026-13-45T00:00:00.000Z'], [undefined]])(
  'an event that says %s of when it was taken was taken now',
  (received_at) => {
    const before = Date.now();
    const context = received_at === undefined ? {} : { received_at };
    const found = takenAtOf(anEvent({ context }));
    expect(found).toBeGreaterThanOrEqual(before);
    expect(found).toBeLessThanOrEqual(Date.now());
  },
);

it('an event was taken when it says', () => {
  expect(takenAtOf(taken(at(5)))).toBe(T0);
  expect(takenAtOf(undefined)).toBeGreaterThan(T0);
});
