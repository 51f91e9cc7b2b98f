// Compares a run's funnel with the published one, by two chi-square tests: with the 30 published counts themselves, and with what
// the roles of the run's own shoppers lead to. The two differ as a few shoppers are no even mixture of the roles, which fit.ts fits to
// the published counts. Banners are compared by device, clicks and orders of a cell together, as one show may lead to both.

import { DEVICES, type Device, TITLES, type Title } from '../../events/event.ts';
import { PRODUCTS, type Product } from '../../events/products.ts';
import { bannerShares, published, publishedSequels, type Role, type Shares } from './fit.ts';

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

  /**
   * With the published counts: all 30 where the banners were drawn by them, and else how often banners were followed.
   * @param drawn as compare() takes it
   */
  compareWithTable(drawn: boolean): Fit {
    const cells = DEVICES.flatMap((device) =>
      PRODUCTS.map((product) => ({ product, device, counts: this.#cell(product, device).counts })),
    );
    if (drawn) return thirtyCells(cells);
    const fit = new Summing();
    for (const { product, device, counts } of cells) {
      const expected = followingOf([[counts.banner_show, publishedSequels(product, device)]]);
      fit.add(distance(counts, expected), expected.orders > 0 ? 2 : 1);
    }
    return fit.end();
  }

  /**
   * With what the roles of these shoppers lead to.
   * @param drawn true where the banners were drawn by the published counts; a real shop draws its own
   */
  compare(drawn: boolean): Fit {
    const fit = new Summing();
    const add = (value: number, freedom: number) => fit.add(value, freedom);
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
    return fit.end();
  }

  #cell(product: Product, device: Device): { readonly counts: Counts; readonly expected: Following } {
    const counts = noCounts();
    const shown: [number, Shares][] = [];
    for (const [role, seen] of this.#roles) {
      if (role.device !== device) continue;
      for (const title of Object.keys(counts) as Title[]) counts[title] += seen[product][title];
      shown.push([seen[product].banner_show, role.sequels[product]]);
    }
    return { counts, expected: followingOf(shown) };
  }
}

/** A sum of independent distances, without those that are not finite, as of a cell that nobody has seen. */
class Summing {
  #chiSquare = 0;
  #degrees = 0;

  add(value: number, freedom: number): void {
    if (!Number.isFinite(value)) return;
    this.#chiSquare += value;
    this.#degrees += freedom;
  }

  end(): Fit {
    return { chiSquare: this.#chiSquare, degrees: this.#degrees, limit: chiSquareLimit(this.#degrees) };
  }
}

/** What is expected of shows, each number with the shares of what follows it. */
function followingOf(shown: readonly (readonly [shows: number, Shares])[]): Following {
  const expected = { clicks: 0, orders: 0, clicksVariance: 0, ordersVariance: 0, covariance: 0 };
  for (const [shows, [, click, both, order]] of shown) {
    const [clicks, orders] = [click + both, both + order];
    expected.clicks += shows * clicks;
    expected.orders += shows * orders;
    expected.clicksVariance += shows * clicks * (1 - clicks);
    expected.ordersVariance += shows * orders * (1 - orders);
    expected.covariance += shows * (both - clicks * orders);
  }
  return expected;
}

type Cell = { readonly product: Product; readonly device: Device; readonly counts: Counts };

/** Pearson's chi-square of all published counts, scaled to as many events. */
function thirtyCells(cells: readonly Cell[]): Fit {
  const pairs = cells.flatMap(({ product, device, counts }) =>
    TITLES.map((title) => [counts[title], published(product, device, title)] as const),
  );
  const [seen, all] = [0, 1].map((side) => pairs.reduce((sum, pair) => sum + (pair[side] ?? 0), 0));
  const scale = (seen ?? 0) / (all ?? 1);
  const fit = new Summing();
  if (scale === 0) return fit.end();
  // A cell that is empty in the dataset has to stay empty.
  for (const [count, wanted] of pairs)
    if (wanted > 0) fit.add((count - wanted * scale) ** 2 / (wanted * scale), 1);
    else if (count > 0) fit.add(Number.MAX_VALUE, 0);
  fit.add(0, -1);
  return fit.end();
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
