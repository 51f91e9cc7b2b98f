import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BY_HOUR, BY_WEEKDAY } from '../../../seed/replica/calendar.ts';
import { flat, trafficAt, weekly } from '../../../src/simulator/core/week.ts';

const WEEK_SECONDS = 7 * 86_400;
const at = (text: string) => Date.parse(text);
const starts = fc.integer({ min: at('1960-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });

it('an hour has the traffic of its weekday and hour in UTC', () => {
  const [quiet, busy] = [at('2026-11-22T03:59:59.999Z'), at('2026-11-24T20:00:00Z')];
  const weights = (BY_WEEKDAY[2] * BY_HOUR[20]) / (BY_WEEKDAY[0] * BY_HOUR[3]);
  expect(trafficAt(busy) / trafficAt(quiet)).toBeCloseTo(weights, 9);
  expect(trafficAt(at('1969-12-30T20:00:00Z'))).toBe(trafficAt(busy));
});

it('a whole week takes as long as one of even traffic, whenever it begins', () => {
  fc.assert(
    fc.property(starts, fc.integer({ min: 1, max: 5 }), (start, weeks) => {
      const end = weekly(start)(weeks * WEEK_SECONDS);
      expect(Math.abs(end - flat(start)(weeks * WEEK_SECONDS))).toBeLessThan(1);
    }),
  );
});

it('between two instants pass as many seconds of even traffic as their hours weigh, in whatever order they are asked', () => {
  fc.assert(
    fc.property(
      starts,
      fc.array(fc.integer({ min: 0, max: 2 * WEEK_SECONDS }), { minLength: 1, maxLength: 5 }),
      (start, asked) => {
        const curve = weekly(start);
        for (const seconds of asked) {
          const end = curve(seconds);
          let passed = 0;
          for (let time = start; time < end; ) {
            const next = Math.min(end, (Math.floor(time / 3_600_000) + 1) * 3_600_000);
            passed += ((next - time) / 1_000) * trafficAt(time);
            time = next;
          }
          expect(Math.abs(passed - seconds)).toBeLessThan(0.01);
        }
      },
    ),
    { numRuns: 50 },
  );
});

it('a curve of traffic goes back before its start at the traffic of the moment before', () => {
  const start = at('2026-11-24T12:00:00Z');
  expect(weekly(start)(-10)).toBeCloseTo(start - 10_000 / trafficAt(start - 1), 3);
});
