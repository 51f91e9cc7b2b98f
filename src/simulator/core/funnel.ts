// Compares a run's funnel with the published one: 30 counts, and one chi-square test. The expectation follows from the roles of
// the run's own shoppers, as few shoppers are no even mixture of all roles; fit.ts makes all roles together add up to the
// published counts. Banners are compared by device, clicks and orders of a cell together, as one show may lead to both.

import { DEVICES, type Device, type Title } from '../../events/event.ts';
import { PRODUCTS, type Product } from '../../events/products.ts';
import { bannerShares, type Role } from './fit.ts';

/** Standard deviations of a one-in-a-thousand chance, one-sided. */
const THOUSANDTH = 3.0902;

export type Fit = {
  readonly chiSquare: number;
  readonly degrees: number;
  /** Exceeded by one run in a thousand by chance. */
  readonly limit: number;
};

type Counts = Record<Title, number>;
type Seen = Record<Product, Counts>;

/** Expected clicks and orders of shows, with their covariance. */
type Following = {
  readonly clicks: number;
  readonly orders: number;
  readonly clicksVariance: number;
  readonly ordersVariance: number;
  readonly covariance: number;
};

export class Funnel {
  readonly #roles = new Map<Role, Seen>();

  /** Counts an event of a shopper in a role. */
  add(role: Role, { product, title }: { readonly product: Product; readonly title: Title }): void {
    let seen = this.#roles.get(role);
    if (seen === undefined) {
      seen = nothingSeen();
      this.#roles.set(role, seen);
    }
    seen[product][title] += 1;
  }

  /** @param drawn true where the banners were drawn by the published counts; a real shop draws its own */
  compare(drawn: boolean): Fit {
    let [chiSquare, degrees] = [0, 0];
    const add = (value: number, freedom: number) => {
      if (!Number.isFinite(value)) return;
      chiSquare += value;
      degrees += freedom;
    };
    for (const device of DEVICES) {
      const cells = PRODUCTS.map((product) => this.#cell(product, device));
      for (const { counts, expected } of cells) add(distance(counts, expected), expected.orders > 0 ? 2 : 1);
      if (drawn)
        add(
          bannerDistance(
            cells.map(({ counts }) => counts.banner_show),
            bannerShares(device),
          ),
          PRODUCTS.length - 1,
        );
    }
    return { chiSquare, degrees, limit: chiSquareLimit(degrees) };
  }

  #cell(product: Product, device: Device): { readonly counts: Counts; readonly expected: Following } {
    const counts = noCounts();
    const expected = { clicks: 0, orders: 0, clicksVariance: 0, ordersVariance: 0, covariance: 0 };
    for (const [role, seen] of this.#roles) {
      if (role.device !== device) continue;
      const { banner_show: shows } = seen[product];
      const [, click, both, order] = role.sequels[product];
      const [clicks, orders] = [click + both, both + order];
      for (const title of Object.keys(counts) as Title[]) counts[title] += seen[product][title];
      expected.clicks += shows * clicks;
      expected.orders += shows * orders;
      expected.clicksVariance += shows * clicks * (1 - clicks);
      expected.ordersVariance += shows * orders * (1 - orders);
      expected.covariance += shows * (both - clicks * orders);
    }
    return { counts, expected };
  }
}

const noCounts = (): Counts => ({ banner_show: 0, banner_click: 0, order: 0 });
const nothingSeen = (): Seen =>
  Object.fromEntries(PRODUCTS.map((product) => [product, noCounts()])) as Record<Product, Counts>;

/** Pearson's chi-square of the banners. */
function bannerDistance(shows: readonly number[], shares: readonly number[]): number {
  const all = shows.reduce((sum, count) => sum + count, 0);
  return shows.reduce((sum, count, index) => {
    const wanted = all * (shares[index] ?? 0);
    return sum + (count - wanted) ** 2 / wanted;
  }, 0);
}

/** Squared Mahalanobis distance of clicks and orders from their expectation. */
function distance(counts: Counts, expected: Following): number {
  const { clicksVariance: a, ordersVariance: b, covariance: c } = expected;
  const [x, y] = [counts.banner_click - expected.clicks, counts.order - expected.orders];
  // A product without orders has a singular covariance.
  if (expected.orders === 0) return (x * x) / a + (y === 0 ? 0 : Number.MAX_VALUE);
  return (b * x * x - 2 * c * x * y + a * y * y) / (a * b - c * c);
}

/** The 99.9 % point of chi-square (Wilson and Hilferty, 1931). */
export const chiSquareLimit = (degrees: number): number =>
  degrees === 0 ? 0 : degrees * (1 - 2 / (9 * degrees) + THOUSANDTH * Math.sqrt(2 / (9 * degrees))) ** 3;
