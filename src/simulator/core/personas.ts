// Kinds of shoppers, as data. Affinities and odds are relative: fit.ts scales them so that all personas together have the
// published counts. A run with one persona alone has that persona's own funnel.

import type { Product } from '../../events/products.ts';

export type Persona = {
  readonly name: string;
  /** Of all shoppers. */
  readonly share: number;
  /** Odds of holding a phone, against the average shopper's. */
  readonly mobile: number;
  /** Factor on the probability that a banner of this category is followed. */
  readonly affinity: Readonly<Record<Product, number>>;
  /** Mean views of the front page in a visit. */
  readonly looks: number;
  /** Think time against the average. */
  readonly thinkFactor: number;
  /** Share of women, of men; the others do not say. */
  readonly women: number;
  readonly men: number;
  /** Years, from and to. */
  readonly ages: readonly [number, number];
};

const likes = (
  accessories: number,
  clothes: number,
  electronics: number,
  sneakers: number,
  sports_nutrition: number,
): Persona['affinity'] => ({ accessories, clothes, electronics, sneakers, sports_nutrition });

export const PERSONAS: readonly Persona[] = [
  {
    name: 'window-shopper',
    share: 0.34,
    mobile: 1.5,
    affinity: likes(0.7, 0.7, 0.8, 0.7, 0.6),
    looks: 4,
    thinkFactor: 1.2,
    women: 0.4,
    men: 0.4,
    ages: [18, 65],
  },
  {
    name: 'dresser',
    share: 0.22,
    mobile: 1.1,
    affinity: likes(1.7, 1.8, 0.6, 1, 0.5),
    looks: 3,
    thinkFactor: 1,
    women: 0.6,
    men: 0.3,
    ages: [22, 45],
  },
  {
    name: 'runner',
    share: 0.18,
    mobile: 1,
    affinity: likes(0.5, 0.7, 0.7, 1.9, 2.2),
    looks: 2.5,
    thinkFactor: 0.8,
    women: 0.4,
    men: 0.5,
    ages: [20, 50],
  },
  {
    name: 'tinkerer',
    share: 0.14,
    mobile: 0.5,
    affinity: likes(0.8, 0.5, 2.2, 0.8, 0.7),
    looks: 3,
    thinkFactor: 1.3,
    women: 0.2,
    men: 0.6,
    ages: [18, 60],
  },
  {
    name: 'errand',
    share: 0.12,
    mobile: 0.6,
    affinity: likes(1.5, 1.6, 1, 1.4, 1.5),
    looks: 1.4,
    thinkFactor: 0.6,
    women: 0.45,
    men: 0.45,
    ages: [25, 75],
  },
];
