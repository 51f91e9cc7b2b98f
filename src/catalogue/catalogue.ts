// What the shop sells: at least four items in each of the five categories, each category in a file of items/.

import type { Product } from '../events/products.ts';
import type { CatalogueItem } from './item.ts';
import { accessories } from './items/accessories.ts';
import { clothes } from './items/clothes.ts';
import { electronics } from './items/electronics.ts';
import { sneakers } from './items/sneakers.ts';
import { sportsNutrition } from './items/sports-nutrition.ts';

export type { CatalogueItem };

/** What a category is called on a page. */
export const CATEGORY_NAMES: Readonly<Record<Product, string>> = {
  accessories: 'Accessories',
  clothes: 'Clothes',
  electronics: 'Electronics',
  sneakers: 'Sneakers',
  sports_nutrition: 'Sports nutrition',
};

export const CATALOGUE: readonly CatalogueItem[] = [
  ...accessories,
  ...clothes,
  ...electronics,
  ...sneakers,
  ...sportsNutrition,
];

const BY_PRODUCT = new Map<Product, readonly CatalogueItem[]>(
  CATALOGUE.map(({ product }) => [product, CATALOGUE.filter((item) => item.product === product)]),
);

/** The items of a category, in the order of the catalogue. */
export function itemsOf(product: Product): readonly CatalogueItem[] {
  return BY_PRODUCT.get(product) ?? [];
}

/** The item with this slug; undefined where there is none. */
export function findItem(slug: string): CatalogueItem | undefined {
  return CATALOGUE.find((item) => item.slug === slug);
}
