// A run's funnel beside the published one: 30 counts, and one chi-square that says whether they differ by more than chance.
// Shows are compared by device and category; clicks and orders of a cell together, as one show may lead to both.

import { DEVICES, type Device, type Title } from '../../events/event.ts';
import { PRODUCTS, type Product } from '../../events/products.ts';
import { published, publishedSequels } from './fit.ts';

/** Standard deviations of a one-in-a-thousand chance, one-sided. */
const THOUSANDTH = 3.0902;

export type FunnelCell = {
  readonly product: Product;
  readonly device: Device;
  readonly title: Title;
  readonly count: number;
  /** Of the run's shows, by the published proportions. */
  readonly expected: number;
};

export type Fit = {
  readonly cells: readonly FunnelCell[];
  readonly chiSquare: number;
  readonly degrees: number;
  /** What one run in a thousand exceeds by chance. */
  readonly limit: number;
};

export class Funnel {
  readonly #counts = new Map<string, number>();

  add({ product, site_version, title }: { product: Product; site_version: Device; title: Title }): void {
    const key = `${product} ${site_version} ${title}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  count(product: Product, device: Device, title: Title): number {
    return this.#counts.get(`${product} ${device} ${title}`) ?? 0;
  }

  /** @param drawn true where the banners were drawn by the published counts; a real shop draws its own */
  compare(drawn: boolean): Fit {
    const shows = (device: Device) =>
      sum(PRODUCTS.map((product) => this.count(product, device, 'banner_show')));
    const showsDrawn = (device: Device) =>
      sum(PRODUCTS.map((product) => published(product, device, 'banner_show')));
    const total = { got: sum(DEVICES.map(shows)), published: sum(DEVICES.map(showsDrawn)) };
    const cells: FunnelCell[] = [];
    let [chiSquare, degrees] = [0, 0];
    const add = (value: number, freedom: number) => {
      if (!Number.isFinite(value)) return;
      chiSquare += value;
      degrees += freedom;
    };
    const showCells: [number, number][] = [];
    for (const device of DEVICES)
      for (const product of PRODUCTS) {
        const count = (title: Title) => this.count(product, device, title);
        const here = count('banner_show');
        const wanted = drawn
          ? (published(product, device, 'banner_show') / total.published) * total.got
          : here;
        showCells.push([here, wanted]);
        const [, click, both, order] = publishedSequels(product, device);
        const [clicks, orders] = [click + both, both + order];
        cells.push({ product, device, title: 'banner_show', count: here, expected: wanted });
        cells.push({
          product,
          device,
          title: 'banner_click',
          count: count('banner_click'),
          expected: here * clicks,
        });
        cells.push({ product, device, title: 'order', count: count('order'), expected: here * orders });
        const off = [count('banner_click') - here * clicks, count('order') - here * orders] as const;
        add(distance(off, here, clicks, orders, both), orders > 0 ? 2 : 1);
      }
    if (drawn)
      add(sum(showCells.map(([count, wanted]) => (count - wanted) ** 2 / wanted)), showCells.length - 1);
    return { cells, chiSquare, degrees, limit: chiSquareLimit(degrees) };
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** Squared distance of clicks and orders from what `shows` lead to, in their common standard deviations. */
function distance(
  [x, y]: readonly [number, number],
  shows: number,
  click: number,
  order: number,
  both: number,
): number {
  const a = shows * click * (1 - click);
  if (order === 0) return (x * x) / a + (y === 0 ? 0 : Number.MAX_VALUE);
  const [b, c] = [shows * order * (1 - order), shows * (both - click * order)];
  return (b * x * x - 2 * c * x * y + a * y * y) / (a * b - c * c);
}

/** The 99.9 % point of chi-square (Wilson and Hilferty, 1931). */
export const chiSquareLimit = (degrees: number): number =>
  degrees === 0 ? 0 : degrees * (1 - 2 / (9 * degrees) + THOUSANDTH * Math.sqrt(2 / (9 * degrees))) ** 3;
