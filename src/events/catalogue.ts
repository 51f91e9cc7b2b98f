// What the shop sells: at least four items in each of the five categories. `slug` is the item's id in URLs and in
// the context of events.

import type { Product } from './products.ts';

export type CatalogueItem = {
  readonly slug: string;
  readonly product: Product;
  readonly name: string;
  /** Euro cents. */
  readonly price: number;
  /** One line for cards and banners. */
  readonly line: string;
  /** Two or three sentences for the product page. */
  readonly description: string;
  readonly details: readonly (readonly [label: string, value: string])[];
};

/** What a category is called on a page. */
export const CATEGORY_NAMES: Readonly<Record<Product, string>> = {
  accessories: 'Accessories',
  clothes: 'Clothes',
  electronics: 'Electronics',
  sneakers: 'Sneakers',
  sports_nutrition: 'Sports nutrition',
};

export const CATALOGUE: readonly CatalogueItem[] = [];

/** The items of a category, in the order of the catalogue. */
export function itemsOf(product: Product): readonly CatalogueItem[] {
  return CATALOGUE.filter((item) => item.product === product);
}

/** The item with this slug; undefined where there is none. */
export function findItem(slug: string): CatalogueItem | undefined {
  return CATALOGUE.find((item) => item.slug === slug);
}
