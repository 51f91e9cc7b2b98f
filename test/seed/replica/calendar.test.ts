import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawSecond, END_SECOND, secondText } from '../../../seed/replica/calendar.ts';
import { seededRandom } from '../../../src/runtime/seeded-random.ts';

/** Gives these numbers, one after the other. */
const given =
  (...numbers: number[]) =>
  () =>
    numbers.shift() ?? 0;
const JUST_BELOW_ONE = 1 - 2 ** -32;

it('drawSecond draws the first second of January for the least numbers, and the last of May for the greatest', () => {
  expect(drawSecond(given(0, 0))).toBe(Date.UTC(2019, 0, 1) / 1000);
  expect(drawSecond(given(JUST_BELOW_ONE, JUST_BELOW_ONE))).toBe(END_SECOND - 1);
});

it('drawSecond draws later moments for greater numbers', () => {
  const share = fc.double({ min: 0, max: JUST_BELOW_ONE, noNaN: true });
  fc.assert(
    fc.property(share, share, (one, other) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      expect(drawSecond(given(less, 0))).toBeLessThanOrEqual(drawSecond(given(more, 0)));
    }),
  );
});

it('drawSecond draws fewer at night and at the weekend', () => {
  const random = seededRandom(7);
  const dates = Array.from({ length: 20_000 }, () => new Date(drawSecond(random) * 1000));
  const at = (hour: number) => dates.filter((date) => date.getUTCHours() === hour).length;
  const on = (weekday: number) => dates.filter((date) => date.getUTCDay() === weekday).length;
  expect(at(20)).toBeGreaterThan(8 * at(3));
  expect(on(6)).toBeLessThan(0.9 * on(3));
});

it('secondText writes any second as the calendar does', () => {
  fc.assert(
    fc.property(fc.nat(4_000_000_000), (second) => {
      const text = new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');
      expect(secondText(second)).toBe(text);
    }),
  );
});
