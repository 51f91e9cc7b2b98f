import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CELLS, shareOut } from '../../../seed/published.ts';
import { countKinds, drawDevice, fillUrns, leftIn } from '../../../seed/replica/journeys.ts';
import { seededRandom } from '../../../src/runtime/seeded-random.ts';

describe('countKinds', () => {
  it('countKinds gives journeys whose shows, clicks and orders are those that were asked for', () => {
    const counts = fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000));
    fc.assert(
      fc.property(counts, ([more, clicks, orders]) => {
        const shows = Math.max(clicks, orders) + more;
        const [alone = 0, clicked = 0, both = 0, ordered = 0] = countKinds(shows, clicks, orders);
        expect(alone + clicked + both + ordered).toBe(shows);
        expect(clicked + both).toBe(clicks);
        expect(both + ordered).toBe(orders);
        expect(Math.min(alone, clicked, both, ordered)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('countKinds lets six of ten clicks lead to an order where there is room', () => {
    expect(countKinds(1_000, 10, 100)).toEqual([896, 4, 6, 94]);
  });

  it('countKinds refuses counts with fewer shows than clicks or orders', () => {
    expect(() => countKinds(5, 6, 0)).toThrow(/received 5 shows, 6 clicks, 0 orders, expected more shows/);
    expect(() => countKinds(5, 0, 6)).toThrow(RangeError);
  });
});

describe('the urns', () => {
  it('the urns give each cell exactly its rows once they are empty', () => {
    const shares = shareOut(3_000);
    const urns = fillUrns(shares);
    const random = seededRandom(1);
    const drawn = CELLS.map(() => 0);
    for (let left = leftIn(urns); left > 0; left--) {
      expect(leftIn(urns)).toBe(left);
      const device = drawDevice(random, urns);
      const { product, titles } = urns[device].draw(random);
      for (const title of titles) {
        const cell = CELLS.findIndex(
          (one) => one.product === product && one.device === device && one.title === title,
        );
        drawn[cell] = (drawn[cell] ?? 0) + 1;
      }
    }
    expect(drawn).toEqual(shares);
  });

  it('the urns never name a device whose urn is empty', () => {
    const onlyOn = (device: string) =>
      fillUrns(CELLS.map((cell) => (cell.device === device && cell.title === 'banner_show' ? 1 : 0)));
    for (const number of [0, 0.5, 1 - 2 ** -32]) {
      expect(drawDevice(() => number, onlyOn('mobile'))).toBe('mobile');
      expect(drawDevice(() => number, onlyOn('desktop'))).toBe('desktop');
    }
  });

  it('the urns refuse to be drawn from when they are empty', () => {
    expect(() => fillUrns(CELLS.map(() => 0)).mobile.draw(() => 0)).toThrow(/received an empty urn/);
  });
});
