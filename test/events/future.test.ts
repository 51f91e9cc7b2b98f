import { expect, it } from 'vitest';
import { futureOf } from '../../src/events/future.ts';

const RECEIVED = Date.parse('2026-01-31T12:00:00.000Z');
const DAY_MS = 86_400_000;

it('a clock may be a day ahead to the millisecond, and behind by any time', () => {
  expect(futureOf(RECEIVED + DAY_MS, RECEIVED)).toBeUndefined();
  expect(futureOf(0, RECEIVED)).toBeUndefined();
  expect(futureOf(RECEIVED + DAY_MS + 1, RECEIVED)).toEqual({
    code: 'time_in_the_future',
    reason:
      'time: received 2026-02-01T12:00:00.001Z, expected 2026-02-01T12:00:00.000Z at the latest, a day after it was received',
  });
});

it('where it is unknown when an event was received, none is late', () => {
  expect(futureOf(RECEIVED, Number.NaN)).toBeUndefined();
});
