import { describe, expect, it } from 'vitest';
import {
  changeSchema,
  crowdSize,
  faultsOf,
  settingsSchema,
} from '../../../src/simulator/control/settings.ts';
import { crowd } from '../../../src/simulator/core/crowd.ts';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';

const usual = settingsSchema.parse({});

it('the settings of the shoppers are one event a second, of shoppers without faults, where nobody has set anything', () => {
  expect(usual).toEqual({ running: true, rate: 1, users: null, faults: {} });
});

it('the settings of the shoppers leave out what a newer program has stored beside them', () => {
  expect(settingsSchema.parse({ rate: 5, mood: 'good' })).toEqual({ ...usual, rate: 5 });
});

describe('the number of shoppers', () => {
  it.each([
    [0.1, 60],
    [1, 600],
    [500, 5_000],
  ])('the number of shoppers for %f events a second is %i', (rate, size) => {
    expect(crowdSize({ ...usual, rate })).toBe(size);
  });

  it('the number of shoppers is the one that was set, also below the usual least', () => {
    expect(crowdSize({ ...usual, rate: 500, users: 1 })).toBe(1);
  });
});

it('the settings of the shoppers have no fault whose share is 0, and each other one for the whole run', () => {
  expect(faultsOf({ ...usual, faults: { late: 0.1, duplicate: 0 } })).toEqual([
    { fault: 'late', share: 0.1, from: 0, until: Number.POSITIVE_INFINITY },
  ]);
});

it('the settings of the shoppers make eight hours look like a shop: visits in each half hour, people who come back after one', () => {
  const [HALF_HOUR, start] = [1_800_000, Date.parse('2026-03-02T09:00:00.000Z')];
  const options = { users: crowdSize(usual), rate: usual.rate, seed: 9, personas: PERSONAS, turnover: 0 };
  const last = new Map<string, number>();
  const begun = new Array<number>(16).fill(0);
  let returns = 0;
  for (const { event, time } of crowd({
    ...options,
    clock: start,
    start,
    end: Number.POSITIVE_INFINITY,
    curve: 'flat',
  })) {
    const bar = Math.floor((time - start) / HALF_HOUR);
    if (bar === begun.length) break;
    const before = last.get(event.user_id);
    if (before === undefined || time - before >= HALF_HOUR) begun[bar] = (begun[bar] ?? 0) + 1;
    if (before !== undefined && time - before >= HALF_HOUR) returns += 1;
    last.set(event.user_id, time);
  }
  expect(Math.min(...begun)).toBeGreaterThan(100);
  expect(returns).toBeGreaterThan(1_000);
});

describe('a change', () => {
  it('a change may be of any part, or of nothing', () => {
    for (const change of [{}, { rate: 500 }, { users: null }, { running: false, faults: { late: 1 } }])
      expect(changeSchema.parse(change)).toEqual(change);
  });

  it.each([
    [{ rate: 0.09 }],
    [{ rate: 501 }],
    [{ users: 0 }],
    [{ users: 20_001 }],
    [{ users: 1.5 }],
    [{ running: 'yes' }],
    [{ faults: { late: 1.01 } }],
    [{ faults: { lateness: 0.1 } }],
    [{ colour: 'red' }],
  ])('%j is refused', (change) => {
    expect(changeSchema.safeParse(change).success).toBe(false);
  });
});
