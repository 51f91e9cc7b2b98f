import { describe, expect, it } from 'vitest';
import { type CrowdOptions, crowd, curveOf, gather } from '../../../src/simulator/core/crowd.ts';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const options: CrowdOptions = {
  users: 40,
  rate: 20,
  seed: 5,
  personas: PERSONAS,
  clock: START,
  start: START,
  end: START + 60_000,
  curve: 'flat',
  turnover: 0,
};

it('a crowd has all events by time, from the start to before the end', () => {
  const times = [...crowd(options)].map(({ time }) => time);
  expect(times.length).toBeGreaterThan(600);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(times[0]).toBeGreaterThanOrEqual(START);
  expect(times.at(-1)).toBeLessThan(START + 60_000);
});

it('a crowd goes on as it began where the end is later', () => {
  const short = [...crowd(options)];
  const long: unknown[] = [];
  for (const one of crowd({ ...options, end: Number.POSITIVE_INFINITY })) {
    if (long.length === short.length) break;
    long.push(one.event);
  }
  expect(long).toEqual(short.map(({ event }) => event));
});

it('a crowd is nobody where the end is at the start', () => {
  expect([...crowd({ ...options, end: START })]).toEqual([]);
});

it('a crowd gathers no more shoppers than the rate needs', () => {
  const { pace, shoppers } = gather({ ...options, users: 1_000, rate: 1 });
  expect(shoppers).toHaveLength(pace.shoppers);
  expect(pace.shoppers * pace.perShopper).toBeCloseTo(1, 1);
});

it('a crowd gives each shopper a curve of its own, as one remembers where it was', () => {
  const curve = curveOf({ ...options, curve: 'week' });
  const [one, other] = [curve(0), curve(0)];
  const far = one(1_000_000);
  expect(other(10)).toBe(curve(0)(10));
  expect(one(1_000_000)).toBe(far);
  expect(curveOf(options)(0)(60)).toBe(START + 60_000);
});

describe('a run of hours', () => {
  const HALF_HOUR = 1_800_000;
  const long = { ...options, users: 60, rate: 1, end: START + 16 * HALF_HOUR };
  const events = [...crowd(long)];

  it('a run of hours has shoppers who all come back after more than half an hour', () => {
    const seen = new Map<string, number[]>();
    for (const { event, time } of events) seen.set(event.user_id, [...(seen.get(event.user_id) ?? []), time]);
    expect(seen.size).toBe(60);
    for (const times of seen.values()) {
      const pauses = times.filter((time, index) => time - (times[index - 1] ?? time) > HALF_HOUR);
      expect(pauses.length).toBeGreaterThan(0);
    }
  });

  it('a run of hours has its rate in each half hour', () => {
    for (let from = START; from < long.end; from += HALF_HOUR) {
      const some = events.filter(({ time }) => time >= from && time < from + HALF_HOUR);
      expect(some.length / (HALF_HOUR / 1_000)).toBeGreaterThan(0.85);
      expect(some.length / (HALF_HOUR / 1_000)).toBeLessThan(1.15);
    }
  });

  it('a run of hours has pauses of more than half an hour in the busiest hours, too', () => {
    const week = { ...options, curve: 'week', end: START + 7 * 48 * HALF_HOUR } as const;
    for (const shopper of [0, 1, 2]) {
      const curve = curveOf(week)(shopper);
      const times = Array.from({ length: 60_480 }, (_, index) => curve(index * 10));
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      const pauses = gaps.filter((gap) => gap > HALF_HOUR / 3);
      expect(pauses.length).toBeGreaterThan(50);
      expect(Math.min(...pauses)).toBeGreaterThan(HALF_HOUR);
    }
  });
});

it('a crowd has the hours of the clock that was given, whenever it begins', () => {
  const later = START + 5 * 3_600_000;
  const [own, shifted] = [START, later].map((start) => curveOf({ ...options, curve: 'week', start })(0));
  for (const seconds of [0, 3_600, 90_000])
    expect((shifted?.(seconds) ?? 0) - (own?.(seconds) ?? 0)).toBe(later - START);
});
