import { describe, expect, it } from 'vitest';
import {
  changeSchema,
  crowdSize,
  faultsOf,
  settingsSchema,
} from '../../../src/simulator/control/settings.ts';

const usual = settingsSchema.parse({});

it('are one event a second, of shoppers without faults, where nobody has set anything', () => {
  expect(usual).toEqual({ running: true, rate: 1, users: null, faults: {} });
});

it('leave out what a newer program has stored beside them', () => {
  expect(settingsSchema.parse({ rate: 5, mood: 'good' })).toEqual({ ...usual, rate: 5 });
});

describe('the number of shoppers', () => {
  it.each([
    [0.1, 6],
    [1.4, 6],
    [1.75, 7],
    [500, 2_000],
  ])('for %f events a second is %i', (rate, size) => {
    expect(crowdSize({ ...usual, rate })).toBe(size);
  });

  it('is the one that was set, also below the usual least', () => {
    expect(crowdSize({ ...usual, rate: 500, users: 1 })).toBe(1);
  });
});

it('have no fault whose share is 0, and each other one for the whole run', () => {
  expect(faultsOf({ ...usual, faults: { late: 0.1, duplicate: 0 } })).toEqual([
    { fault: 'late', share: 0.1, from: 0, until: Number.POSITIVE_INFINITY },
  ]);
});

describe('a change', () => {
  it('may be of any part, or of nothing', () => {
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
    // A visitor of the shop's pages makes no batches.
    [{ faults: { 'poison-codec': 0.1 } }],
    [{ colour: 'red' }],
  ])('%j is refused', (change) => {
    expect(changeSchema.safeParse(change).success).toBe(false);
  });
});
