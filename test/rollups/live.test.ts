import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DIMENSIONS } from '../../src/events/dimensions.ts';
import { countByMinute } from '../../src/rollups/live.ts';

const anyEvent = fc.record({
  time: fc.oneof(
    fc.integer({ min: -200_000, max: 200_000 }),
    fc.constantFrom(0, 59_999, 60_000, 4_102_444_799_999),
  ),
  dimensions: fc.constantFrom(...DIMENSIONS),
});

it('countByMinute counts each event once, in its own minute and with its own dimensions, beside a plain count', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      const plain: Record<string, number> = {};
      for (const { time, dimensions } of events) {
        const key = `${Math.floor(time / 60_000) * 60_000} ${dimensions.index}`;
        plain[key] = (plain[key] ?? 0) + 1;
      }
      const counted = countByMinute(events).map(
        ({ minute, dimensions, count }) => [`${minute} ${dimensions.index}`, count] as const,
      );
      expect(new Map(counted).size).toBe(counted.length);
      expect(Object.fromEntries(counted)).toEqual(plain);
    }),
  );
});

it('countByMinute has no counts of no events', () => {
  expect(countByMinute([])).toEqual([]);
});
