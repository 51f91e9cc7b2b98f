// One item of the catalogue.

import type { Product } from '../events/products.ts';

/** An item that the shop sells. `slug` is its id in URLs and in the context of events. */
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
