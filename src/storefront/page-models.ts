// The models of the shop's pages: the contract between the routes and views/. Plain data, no functions but `art`.

import type { CatalogueItem } from '../catalogue/catalogue.ts';
import type { Product } from '../events/products.ts';
import type { Layout } from '../site/layout.ts';

/** A banner or ad that was shown: its link repeats the page_id of the show. */
export type Shown = { readonly item: CatalogueItem; readonly href: string };

export type HomePage = Layout & {
  readonly banner: Shown;
  readonly shelves: readonly { readonly product: Product; readonly items: readonly CatalogueItem[] }[];
};

export type ProductPage = Layout & {
  readonly item: CatalogueItem;
  readonly others: readonly CatalogueItem[];
  readonly ad: Shown;
  /** Goes into the order form as hidden fields; placing the same order twice is placing it once. */
  readonly order: { readonly order_id: string; readonly signature: string };
};

export type OrderPage = Layout & {
  readonly order: { readonly order_id: string; readonly product: Product; readonly time: string };
  /** Undefined for orders that came by way of the collector without naming an item. */
  readonly item: CatalogueItem | undefined;
};
