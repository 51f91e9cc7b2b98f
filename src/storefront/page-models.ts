// What each shop page is given to draw: the contract between the routes and views/. Plain data, no functions but `art`.

import type { CatalogueItem } from '../catalogue/catalogue.ts';
import type { Device, Title } from '../events/event.ts';
import type { Product } from '../events/products.ts';

/** How far an event has come, for the ribbon. Milliseconds count from `received_at`. */
export type Trace = {
  readonly order_id: string;
  readonly title: Title;
  readonly product: Product;
  readonly received_at: string;
  /** `lost` says why the event will not travel on; null while all is well. */
  readonly lost: string | null;
  readonly kafka: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: string;
    readonly ms: number;
  } | null;
  readonly postgres: { readonly ms: number } | null;
  readonly chart: { readonly ms: number } | null;
};

/** What every page knows. */
export type Frame = {
  readonly pageTitle: string;
  /** Path and query of this page, for forms that come back to it. */
  readonly here: string;
  readonly siteVersion: Device;
  /** True where the visitor chose the version instead of the device. */
  readonly siteVersionForced: boolean;
  readonly visitor: { readonly gender: 'F' | 'M' | 'U'; readonly birthdate: string | null };
  /** True where the browser sends Global Privacy Control or Do Not Track. */
  readonly asksForPrivacy: boolean;
  /** Events that this request caused, newest first; /api/trace goes on with them. */
  readonly traces: readonly Trace[];
};

/** A banner or ad that was shown: its link repeats the page_id of the show. */
export type Shown = { readonly item: CatalogueItem; readonly href: string };

export type HomePage = Frame & {
  readonly banner: Shown;
  readonly shelves: readonly { readonly product: Product; readonly items: readonly CatalogueItem[] }[];
};

export type ProductPage = Frame & {
  readonly item: CatalogueItem;
  readonly others: readonly CatalogueItem[];
  readonly ad: Shown;
  /** Goes into the order form as hidden fields; placing the same order twice is placing it once. */
  readonly order: { readonly order_id: string; readonly seal: string };
};

export type OrderPage = Frame & {
  readonly order: { readonly order_id: string; readonly product: Product; readonly time: string };
  /** Undefined for orders that came by way of the collector without naming an item. */
  readonly item: CatalogueItem | undefined;
};

export type ErrorPage = Frame & {
  readonly status: number;
  readonly message: string;
  /** What the visitor can do now. */
  readonly advice: string;
  /** Fields of a form that may be sent again, to `action`; undefined where that makes no sense. */
  readonly again: { readonly action: string; readonly fields: Readonly<Record<string, string>> } | undefined;
};
