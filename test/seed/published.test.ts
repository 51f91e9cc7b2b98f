import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CELLS, PUBLISHED_ROWS, publishedCount, shareOut } from '../../seed/published.ts';

describe('the published counts', () => {
  it('the published counts add up to 8,471,220 rows, 248,722 of them orders', () => {
    const orders = CELLS.filter(({ title }) => title === 'order').map(publishedCount);
    expect(PUBLISHED_ROWS).toBe(8_471_220);
    expect(orders.reduce((sum, count) => sum + count, 0)).toBe(248_722);
  });

  it('the published counts have more shows than clicks and than orders in every cell', () => {
    for (const cell of CELLS) {
      const shows = publishedCount({ ...cell, title: 'banner_show' });
      expect(publishedCount(cell)).toBeLessThanOrEqual(shows);
    }
  });
});

describe('shareOut', () => {
  it('shareOut gives the published counts at full size, and none of no rows', () => {
    expect(shareOut(PUBLISHED_ROWS)).toEqual(CELLS.map(publishedCount));
    expect(shareOut(0)).toEqual(CELLS.map(() => 0));
  });

  it('shareOut adds up to the row at any size, each share within one of its quota', () => {
    fc.assert(
      fc.property(fc.nat(100_000_000), (rows) => {
        const shares = shareOut(rows);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(rows);
        for (const [index, cell] of CELLS.entries()) {
          const quota = (publishedCount(cell) / PUBLISHED_ROWS) * rows;
          expect(Math.abs((shares[index] ?? 0) - quota)).toBeLessThan(1);
        }
      }),
    );
  });

  it('shareOut gives the first row that is left over to the largest remainder', () => {
    const largest = CELLS.reduce((one, other) => (publishedCount(other) > publishedCount(one) ? other : one));
    expect(shareOut(1).indexOf(1)).toBe(CELLS.indexOf(largest));
  });
});
