import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Freshness, type Reached } from '../../../src/dashboard/live/freshness.ts';
import { aPanelEvent, NOW } from './an-event.ts';

const cameAgo = (...ages: readonly number[]) => ages.map((age) => aPanelEvent({ arrivedMs: NOW - age }));
const nowhere: Reached = { sessions: new Map(), moves: new Map() };

function told(ages: readonly number[]): Freshness {
  const freshness = new Freshness();
  freshness.took(cameAgo(...ages));
  freshness.told(NOW);
  return freshness;
}

it('nothing is known of freshness before anything came, and before anybody was told', () => {
  const freshness = new Freshness();
  expect(freshness.ofLastMinute('events', NOW)).toEqual({ p50_ms: null, p99_ms: null });
  freshness.took(cameAgo(5));
  expect(freshness.ofLastMinute('events', NOW)).toEqual({ p50_ms: null, p99_ms: null });
});

it('freshness is the age at which half of the events are shown, and the age of the slowest ones', () => {
  const freshness = told(Array.from({ length: 200 }, (_, age) => age));
  expect(freshness.ofLastMinute('events', NOW)).toEqual({ p50_ms: 100, p99_ms: 198 });
});

it('a percentile is one of the ages, at least so many of which are no greater', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 50 }), (ages) => {
      const { p50_ms: half, p99_ms: most } = told(ages).ofLastMinute('events', NOW);
      expect(ages).toContain(half);
      expect(ages.filter((age) => age <= (half ?? 0)).length / ages.length).toBeGreaterThanOrEqual(0.5);
      expect(most).toBeGreaterThanOrEqual(half ?? 0);
      if (ages.length < 100) expect(most).toBe(Math.max(...ages));
    }),
  );
});

it('what was told a minute ago is no part of freshness', () => {
  const freshness = told([500]);
  freshness.took(cameAgo(6));
  freshness.told(NOW + 1);
  expect(freshness.ofLastMinute('events', NOW + 59_999).p99_ms).toBe(500);
  expect(freshness.ofLastMinute('events', NOW + 60_000).p99_ms).toBe(7);
  expect(freshness.ofLastMinute('events', NOW + 60_001).p99_ms).toBeNull();
});

it('an event of a clock that is ahead is taken for a fresh one', () => {
  expect(told([-5_000]).ofLastMinute('events', NOW).p50_ms).toBe(0);
});

describe('of each source', () => {
  const click = aPanelEvent({ arrivedMs: NOW - 10, partition: 1, offset: '9' });
  const show = aPanelEvent({ title: 'banner_show', arrivedMs: NOW - 30, partition: 1, offset: '10' });

  it('shows are no part of what is made of clicks', () => {
    const freshness = new Freshness();
    freshness.took([click, show]);
    expect(freshness.told(NOW, nowhere)).toEqual({
      events: { n: 2, ages: [10, 30] },
      clicks: { n: 1, ages: [10] },
    });
  });

  it('what a follower of ingest counts is as old as it is once the follower is past it', () => {
    const freshness = new Freshness();
    freshness.took([click, show]);
    freshness.told(NOW, nowhere);
    expect(freshness.waits).toBe(true);
    // An offset that is not known leaves all waiting.
    expect(freshness.told(NOW)).toEqual({});
    const later = freshness.told(NOW + 100, { sessions: new Map([[1, 10n]]), moves: new Map([[0, 99n]]) });
    expect(later).toEqual({ sessions: { n: 1, ages: [110] } });
    const last = freshness.told(NOW + 200, { sessions: new Map([[1, 11n]]), moves: new Map([[1, 10n]]) });
    expect(last).toEqual({ sessions: { n: 1, ages: [230] }, moves: { n: 1, ages: [210] } });
    expect(freshness.waits).toBe(false);
    expect(freshness.ofLastMinute('sessions', NOW + 200)).toEqual({ p50_ms: 230, p99_ms: 230 });
  });

  it('of many events a message says how many, and of their ages some, the oldest among them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 300 }), (ages) => {
        const freshness = new Freshness();
        freshness.took(cameAgo(...ages));
        const { n, ages: some = [] } = freshness.told(NOW).events ?? {};
        expect(n).toBe(ages.length);
        expect(some).toHaveLength(Math.min(ages.length, 20));
        expect(some.at(-1)).toBe(Math.max(...ages));
        expect(some).toEqual(some.toSorted((a, b) => a - b));
        expect(ages).toEqual(expect.arrayContaining([...some]));
        if (ages.length <= 20) expect(some.toSorted()).toEqual(ages.toSorted());
      }),
    );
  });
});
