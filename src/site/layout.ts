// What every page is given, and the functions that views may call.

import type { Request, Response } from 'express';
import { CATEGORY_NAMES, type CatalogueItem } from '../catalogue/catalogue.ts';
import { art } from '../catalogue/drawings.ts';
import { asksForPrivacy } from '../enrichment/privacy.ts';
import { PRODUCTS } from '../events/products.ts';
import type { Frame } from '../storefront/page-models.ts';
import type { Traces } from '../tracing/traces.ts';
import { type Visitor, visitorOf } from './visitor.ts';

const TRACES_ON_A_PAGE = 8;

/** The page of an item, by way of a banner where `pageId` is given. */
export function itemHref(item: CatalogueItem, pageId?: string): string {
  const query = new URLSearchParams({
    item: item.slug,
    ...(pageId === undefined ? {} : { page_id: pageId }),
  });
  return `/product/${item.product}?${query}`;
}

const euroFormat = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

/** Functions and lists that views use; set once as the application's locals. */
export const viewHelpers = {
  art,
  itemHref,
  euros: (cents: number) => euroFormat.format(cents / 100),
  CATEGORY_NAMES,
  PRODUCTS,
} as const;

/** The frame around a page. To be called after the page's own events were tracked: it shows them. */
export function layoutOf(req: Request, visitor: Visitor, traces: Traces, pageTitle: string): Frame {
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

/** The frame of a page that causes no event. */
export function plainLayout(req: Request, res: Response, traces: Traces, pageTitle: string): Frame {
  return layoutOf(req, visitorOf(req, res), traces, pageTitle);
}
