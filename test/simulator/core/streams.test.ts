import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderIdTime } from '../../../src/events/ids.ts';
import { seededRandom } from '../../../src/runtime/seeded-random.ts';
import {
  drawId,
  drawOrderId,
  logNormal,
  normal,
  pick,
  pickWeighted,
  streamOf,
} from '../../../src/simulator/core/streams.ts';

const mean = (count: number, draw: () => number) =>
  Array.from({ length: count }, draw).reduce((sum, one) => sum + one, 0) / count;

describe('a stream', () => {
  it('a stream is one for each seed, shopper and purpose, and the same each time', () => {
    const firsts = [
      streamOf(1, 1, 'visits'),
      streamOf(2, 1, 'visits'),
      streamOf(1, 2, 'visits'),
      streamOf(1, 1, 'faults'),
      streamOf(11, 1, 'visits'),
    ].map((random) => random());
    expect(new Set(firsts).size).toBe(firsts.length);
    expect(streamOf(1, 1, 'visits')()).toBe(firsts[0]);
  });
});

describe('an id', () => {
  it('an id has 32 hex digits, whatever is drawn', () => {
    for (const number of [0, 0.5, 1 - 2 ** -32]) expect(drawId(() => number)).toMatch(/^[0-9a-f]{32}$/);
    expect(drawId(() => 0)).toBe('0'.repeat(32));
    expect(drawId(() => 1 - 2 ** -32)).toBe('f'.repeat(32));
  });

  it('an id of an order is a UUIDv7 that bears its instant', () => {
    const time = fc.nat(2 ** 48 - 1);
    fc.assert(
      fc.property(time, fc.nat(), (time, seed) => {
        const id = drawOrderId(seededRandom(seed), time);
        expect(id).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
        expect(orderIdTime(id)).toBe(time);
      }),
    );
  });

  it('an id of an order of the same instant is another one', () => {
    const random = seededRandom(1);
    const ids = Array.from({ length: 1_000 }, () => drawOrderId(random, 1));
    expect(new Set(ids).size).toBe(1_000);
  });
});

describe('picking', () => {
  it('picking reaches the first and the last of a list', () => {
    expect(pick(() => 0, ['a', 'b', 'c'])).toBe('a');
    expect(pick(() => 1 - 2 ** -32, ['a', 'b', 'c'])).toBe('c');
  });

  it('picking refuses an empty list', () => {
    expect(() => pick(() => 0, [])).toThrow(/received an empty list/);
  });

  it('picking by weight takes the place in which the share of their sum falls, never one of weight 0 before the last', () => {
    const weights = fc
      .array(fc.nat(5), { minLength: 1, maxLength: 8 })
      .filter((all) => all.some((one) => one > 0));
    const share = fc.nat(999).map((n) => n / 1_000);
    fc.assert(
      fc.property(weights, share, (weights, share) => {
        const places = weights.flatMap((weight, index) => Array.from({ length: weight }, () => index));
        expect(pickWeighted(() => share, weights)).toBe(places[Math.floor(share * places.length)]);
      }),
    );
  });
});

describe('the distributions', () => {
  it('the distributions have their means', () => {
    const random = seededRandom(5);
    expect(mean(20_000, () => normal(random))).toBeCloseTo(0, 1);
    expect(mean(20_000, () => normal(random) ** 2)).toBeCloseTo(1, 1);
    expect(mean(50_000, () => logNormal(random, 1_000, 0.8)) / 1_000).toBeCloseTo(1, 1);
  });

  it('the distributions are of whole numbers from 0 where they are log-normal', () => {
    for (const number of [0, 0.5, 1 - 2 ** -32]) {
      const drawn = logNormal(() => number, 1_000, 0.8);
      expect(Number.isSafeInteger(drawn)).toBe(true);
      expect(drawn).toBeGreaterThanOrEqual(0);
    }
  });
});
