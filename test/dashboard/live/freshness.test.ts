import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Freshness } from '../../../src/dashboard/live/freshness.ts';
import { aPanelEvent, NOW } from './an-event.ts';

const cameAgo = (...ages: readonly number[]) => ages.map((age) => aPanelEvent({ arrivedMs: NOW - age }));

it('has none before anything came', () => {
  expect(new Freshness().ofLastMinute(NOW)).toEqual({ p50_ms: null, p99_ms: null });
});

it('is the age at which half of the events are shown, and the age of the slowest ones', () => {
  const freshness = new Freshness();
  freshness.took(cameAgo(...Array.from({ length: 200 }, (_, age) => age)), NOW);
  expect(freshness.ofLastMinute(NOW)).toEqual({ p50_ms: 100, p99_ms: 198 });
});

it('is one of the ages, at least so many of which are no greater', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 50 }), (ages) => {
      const freshness = new Freshness();
      freshness.took(cameAgo(...ages), NOW);
      const { p50_ms: half, p99_ms: most } = freshness.ofLastMinute(NOW);
      expect(ages).toContain(half);
      expect(ages.filter((age) => age <= (half ?? 0)).length / ages.length).toBeGreaterThanOrEqual(0.5);
      expect(most).toBeGreaterThanOrEqual(half ?? 0);
      if (ages.length < 100) expect(most).toBe(Math.max(...ages));
    }),
  );
});

it('forgets what was shown a minute ago', () => {
  const freshness = new Freshness();
  freshness.took(cameAgo(500), NOW);
  freshness.took(cameAgo(7), NOW + 1);
  expect(freshness.ofLastMinute(NOW + 59_999).p99_ms).toBe(500);
  expect(freshness.ofLastMinute(NOW + 60_000).p99_ms).toBe(8);
  expect(freshness.ofLastMinute(NOW + 60_001).p99_ms).toBeNull();
});

it('takes an event of a clock that is ahead for a fresh one', () => {
  const freshness = new Freshness();
  freshness.took(cameAgo(-5_000), NOW);
  expect(freshness.ofLastMinute(NOW).p50_ms).toBe(0);
});
