// The data of every page's layout, and the functions that views may call.

import type { Request, Response } from 'express';
import { CATEGORY_NAMES, type CatalogueItem } from '../catalogue/catalogue.ts';
import { art } from '../catalogue/drawings.ts';
import { asksForPrivacy } from '../enrichment/privacy.ts';
import type { Device } from '../events/event.ts';
import { PRODUCTS } from '../events/products.ts';
import type { Trace } from '../tracing/trace.ts';
import type { Traces } from '../tracing/traces.ts';
import { type Visitor, visitorOf } from './visitor.ts';

const TRACES_ON_A_PAGE = 8;

/** The data of every page's layout. */
export type Layout = {
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

/** The page of an item, by way of a banner where `pageId` is given. */
export function itemHref(item: CatalogueItem, pageId?: string): string {
  const query = new URLSearchParams({
    item: item.slug,
    ...(pageId === undefined ? {} : { page_id: pageId }),
  });
  return `/product/${item.product}?${query}`;
}

const euroFormat = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

const fragments = new Map<string, string>();

/**
 * The HTML of a fragment that is the same on all pages, rendered once: EJS copies the data of the page for each partial, which takes
 * longer than most partials do.
 * @param name of the fragment; different fragments have different names
 */
function kept(name: string, make: () => string): string {
  const known = fragments.get(name) ?? make();
  fragments.set(name, known);
  return known;
}

/** Functions and lists that views use; set once as the application's locals. */
export const viewHelpers = {
  kept,
  art,
  itemHref,
  euros: (cents: number) => euroFormat.format(cents / 100),
  CATEGORY_NAMES,
  PRODUCTS,
} as const;

/** The layout of a page. Called after the page's own events were tracked: it shows them. */
export function layoutOf(req: Request, visitor: Visitor, traces: Traces, pageTitle: string): Layout {
  return {
    pageTitle,
    here: req.method === 'GET' ? req.originalUrl : '/',
    siteVersion: visitor.siteVersion,
    siteVersionForced: visitor.siteVersionForced,
    visitor: visitor.profile,
    asksForPrivacy: asksForPrivacy(req),
    traces: traces.recent(visitor.id, TRACES_ON_A_PAGE),
  };
}

/** The same for a page that causes no event. */
export function plainLayout(req: Request, res: Response, traces: Traces, pageTitle: string): Layout {
  return layoutOf(req, visitorOf(req, res), traces, pageTitle);
}
