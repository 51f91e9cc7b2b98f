import { expect, it } from 'vitest';
import { type CrowdOptions, crowd, curveOf, gather } from '../../../src/simulator/core/crowd.ts';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const options: CrowdOptions = {
  users: 40,
  rate: 20,
  seed: 5,
  personas: PERSONAS,
  start: START,
  end: START + 60_000,
  curve: 'flat',
};

it('has all events by time, from the start to before the end', () => {
  const times = [...crowd(options)].map(({ time }) => time);
  expect(times.length).toBeGreaterThan(600);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(times[0]).toBeGreaterThanOrEqual(START);
  expect(times.at(-1)).toBeLessThan(START + 60_000);
});

it('goes on as it began where the end is later', () => {
  const short = [...crowd(options)];
  const long: unknown[] = [];
  for (const one of crowd({ ...options, end: Number.POSITIVE_INFINITY })) {
    if (long.length === short.length) break;
    long.push(one.event);
  }
  expect(long).toEqual(short.map(({ event }) => event));
});

it('is nobody where the end is at the start', () => {
  expect([...crowd({ ...options, end: START })]).toEqual([]);
});

it('gathers no more shoppers than the rate needs', () => {
  const { pace, shoppers } = gather({ ...options, users: 1_000, rate: 1 });
  expect(shoppers).toHaveLength(pace.shoppers);
  expect(pace.shoppers * pace.perShopper).toBeCloseTo(1, 1);
});

it('gives each shopper a curve of its own, as one remembers where it was', () => {
  const curve = curveOf({ ...options, curve: 'week' });
  const [one, other] = [curve(), curve()];
  const far = one(1_000_000);
  expect(other(10)).toBe(curve()(10));
  expect(one(1_000_000)).toBe(far);
  expect(curveOf(options)()(60)).toBe(START + 60_000);
});
