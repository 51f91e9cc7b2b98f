import { describe, expect, it } from 'vitest';
import { DEVICES, TITLES } from '../../../src/events/event.ts';
import { PRODUCTS } from '../../../src/events/products.ts';
import { seededRandom } from '../../../src/runtime/seeded-random.ts';
import { fitRoles, published } from '../../../src/simulator/core/fit.ts';
import { chiSquareLimit, Funnel } from '../../../src/simulator/core/funnel.ts';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';
import { pickWeighted } from '../../../src/simulator/core/streams.ts';

const roles = fitRoles(PERSONAS);

/** Shows of one category in each role, each followed as its role says; `alter` says how often for a share. */
function funnelOf(shows: number, seed: number, alter = (share: number) => share): Funnel {
  const funnel = new Funnel();
  const random = seededRandom(seed);
  for (const role of roles)
    for (let show = 0; show < shows; show++) {
      const product = 'sneakers';
      funnel.add(role, { product, title: 'banner_show' });
      const [, click, both, order] = role.sequels[product].map(alter) as [number, number, number, number];
      const sequel = pickWeighted(random, [1 - click - both - order, click, both, order]);
      if (sequel === 1 || sequel === 2) funnel.add(role, { product, title: 'banner_click' });
      if (sequel === 2 || sequel === 3) funnel.add(role, { product, title: 'order' });
    }
  return funnel;
}

describe('chiSquareLimit', () => {
  // NIST/SEMATECH e-Handbook, 1.3.6.7.4: upper critical values, 0.001.
  it.each([
    [1, 10.828],
    [2, 13.816],
    [10, 29.588],
    [28, 56.892],
    [100, 149.449],
  ])(
    'chiSquareLimit at %i degrees of freedom is within four per cent of the table’s %f',
    (degrees, table) => {
      expect(Math.abs(chiSquareLimit(degrees) / table - 1)).toBeLessThan(0.04);
    },
  );

  it('chiSquareLimit of nothing is 0', () => {
    expect(chiSquareLimit(0)).toBe(0);
  });
});

describe('a funnel', () => {
  it('a funnel without an event has nothing to compare', () => {
    expect(new Funnel().compare(true)).toEqual({ chiSquare: 0, degrees: 0, limit: 0 });
  });

  it('a funnel fits shoppers who follow what they see as their roles say', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { chiSquare, degrees, limit } = funnelOf(2_000, seed).compare(false);
      expect(degrees).toBe(4);
      expect(chiSquare).toBeLessThan(limit);
    }
  });

  it('a funnel does not fit shoppers who order a fifth more', () => {
    const { chiSquare, limit } = funnelOf(20_000, 1, (share) => share * 1.2).compare(false);
    expect(chiSquare).toBeGreaterThan(2 * limit);
  });

  it('a funnel against the published counts themselves is Pearson’s chi-square of the 30 cells', () => {
    const funnel = new Funnel();
    const [role] = roles.filter(({ device }) => device === 'mobile');
    if (role === undefined) throw new Error('expected a role');
    for (let show = 0; show < 1_000; show++) funnel.add(role, { product: 'clothes', title: 'banner_show' });
    const all = TITLES.flatMap((title) =>
      DEVICES.flatMap((device) => PRODUCTS.map((product) => published(product, device, title))),
    );
    const share = published('clothes', 'mobile', 'banner_show') / all.reduce((sum, one) => sum + one, 0);
    const { chiSquare, degrees } = funnel.compareWithTable(true);
    // Of a multinomial with everything in one cell.
    expect(chiSquare).toBeCloseTo(1_000 * (1 / share - 1), 6);
    expect(degrees).toBe(all.filter((count) => count > 0).length - 1);
    expect(funnel.compareWithTable(false).degrees).toBe(2);
    expect(new Funnel().compareWithTable(true)).toEqual({ chiSquare: 0, degrees: 0, limit: 0 });
  });

  it('a funnel compares the banners only where they were drawn by the published counts', () => {
    const funnel = funnelOf(2_000, 1);
    const drawn = funnel.compare(true);
    expect(drawn.degrees).toBe(funnel.compare(false).degrees + 2 * (PRODUCTS.length - 1));
    // All banners of one category are no mixture of five.
    expect(drawn.chiSquare).toBeGreaterThan(10 * drawn.limit);
  });

  it('a funnel does not fit an order of what nobody has ordered in the dataset', () => {
    const funnel = new Funnel();
    for (const role of roles) {
      funnel.add(role, { product: 'electronics', title: 'banner_show' });
      funnel.add(role, { product: 'electronics', title: 'order' });
    }
    const { chiSquare, limit } = funnel.compare(false);
    expect(chiSquare).toBeGreaterThan(limit);
  });
});
