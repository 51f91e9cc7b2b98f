// The three pages and their three events: / shows a banner, /product/:category is a click and shows an ad, /order places
// the order and redirects to its page. What is no visit (enrichment/visit.ts) is no event.

import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { CATALOGUE, CATEGORY_NAMES, type CatalogueItem, findItem, itemsOf } from '../catalogue/catalogue.ts';
import { refuseAhead } from '../enrichment/visit.ts';
import { isId, newId, newOrderId } from '../events/ids.ts';
import { isProduct, PRODUCTS } from '../events/products.ts';
import { badRequest, HttpError, notFound, unavailable } from '../http/errors.ts';
import { form } from '../http/form.ts';
import { route } from '../http/routes.ts';
import { KafkaError } from '../kafka/errors.ts';
import { itemHref, layoutOf, plainLayout } from '../site/layout.ts';
import { isSigned, signOrder } from '../site/secret.ts';
import { type Visitor, visitorOf } from '../site/visitor.ts';
import { findKnownEvent } from '../tracing/known-event.ts';
import type { HomePage, OrderPage, ProductPage } from './page-models.ts';
import type { Shop } from './shop.ts';

export function pages(shop: Shop): Router {
  const router = Router();
  route(router, '/', { get: [refuseAhead, (req, res) => home(shop, req, res)] });
  route(router, '/product/:category', { get: [refuseAhead, (req, res) => product(shop, req, res)] });
  route(router, '/order', { post: [form(), (req, res) => placeOrder(shop, req, res)] });
  route(router, '/order/:order_id', { get: [(req, res) => orderPlaced(shop, req, res)] });
  return router;
}

/** Any item, each category equally likely. */
function drawItem(): CatalogueItem {
  return pick(itemsOf(pick(PRODUCTS)));
}

function pick<T>(list: readonly T[]): T {
  const picked = list[Math.floor(Math.random() * list.length)];
  if (picked === undefined) throw new Error('nothing to draw from');
  return picked;
}

/** Shows a banner or an ad: emits the show whose page_id the link repeats. */
function show(
  shop: Shop,
  req: Request,
  visitor: Visitor,
  item: CatalogueItem,
): { item: CatalogueItem; href: string } {
  const pageId = newId();
  shop.tracking.track(req, visitor, { title: 'banner_show', item, pageId });
  return { item, href: itemHref(item, pageId) };
}

/** A page differs at every visit; going back in the browser shows the copy it has, which is no visit. */
function sendPage(res: Response, view: string, model: object): void {
  res.set('Cache-Control', 'private, no-cache').render(view, model);
}

function home(shop: Shop, req: Request, res: Response): void {
  const visitor = visitorOf(req, res);
  const banner = show(shop, req, visitor, drawItem());
  const shelves = PRODUCTS.map((name) => ({ product: name, items: itemsOf(name) }));
  const model: HomePage = { ...layoutOf(req, visitor, shop.traces, 'Shopstream'), banner, shelves };
  sendPage(res, 'home', model);
}

function product(shop: Shop, req: Request, res: Response): void {
  const item = requestedItem(req);
  const visitor = visitorOf(req, res);
  // A link that lost its page_id is still a visit: it gets a page_id of its own.
  const pageId = isId(req.query.page_id) ? req.query.page_id : newId();
  shop.tracking.track(req, visitor, { title: 'banner_click', item, pageId });
  const ad = show(shop, req, visitor, pick(CATALOGUE.filter((other) => other !== item)));
  const orderId = newOrderId();
  const model: ProductPage = {
    ...layoutOf(req, visitor, shop.traces, item.name),
    item,
    others: itemsOf(item.product).filter((other) => other !== item),
    ad,
    order: {
      order_id: orderId,
      signature: signOrder(shop.secret, { orderId, slug: item.slug, visitorId: visitor.id }),
    },
  };
  sendPage(res, 'product', model);
}

/** The item that ?item= names, or the category's first. */
function requestedItem(req: Request): CatalogueItem {
  const { category } = req.params;
  if (!isProduct(category)) {
    throw notFound('there is no such category', category, PRODUCTS.join(', '));
  }
  const { item: slug } = req.query;
  const items = itemsOf(category);
  const item = slug === undefined ? items[0] : items.find((one) => one.slug === slug);
  if (item !== undefined) return item;
  throw notFound(
    `there is no such item in ${CATEGORY_NAMES[category]}`,
    slug,
    items.map((one) => one.slug).join(', '),
  );
}

const orderForm = z.object({
  order_id: z.string().refine(isId),
  item: z.string().max(64),
  signature: z.string().max(100),
});

async function placeOrder(shop: Shop, req: Request, res: Response): Promise<void> {
  const parsed = orderForm.safeParse(req.body);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') || 'order_id';
    throw badRequest(
      `the order form lacks a usable ${field}`,
      req.body?.[field],
      'the form of a product page',
    );
  }
  const { order_id: orderId, item: slug, signature } = parsed.data;
  const item = findItem(slug);
  const visitor = visitorOf(req, res);
  if (item === undefined || !isSigned(shop.secret, { orderId, slug, visitorId: visitor.id }, signature)) {
    throw new HttpError(403, 'signature', 'this order form was not made by this shop for you', {
      expected: 'the form of a product page, with the cookie that came with it',
      advice: 'Allow cookies, open the product page again and order from there.',
    });
  }
  const event = shop.tracking.eventOf(req, visitor, { title: 'order', item, orderId });
  try {
    const placed = await shop.orders.place(event, (order) => shop.tracking.publish(order));
    if (placed === 'acknowledged') res.redirect(303, `/order/${orderId}`);
    else
      res
        .status(503)
        .set('Retry-After', '5')
        .render('error', waitingModel(shop, req, res, parsed.data));
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    throw unavailable('order_not_taken', 'your order could not be taken, nothing was ordered', 30, error);
  }
}

/** Sending the same form again asks after the same order: it can't be placed twice. */
function waitingModel(shop: Shop, req: Request, res: Response, fields: Readonly<Record<string, string>>) {
  return {
    ...plainLayout(req, res, shop.traces, 'Your order is waiting'),
    status: 503,
    message: 'Kafka has not confirmed your order yet.',
    advice: 'It is kept on disk and will be delivered when Kafka is back. Asking again does not order twice.',
    again: { action: '/order', fields },
  };
}

async function orderPlaced(shop: Shop, req: Request, res: Response): Promise<void> {
  const { order_id: orderId } = req.params;
  if (!isId(orderId)) throw notFound('there is no such order', orderId, '32 lower-case hex digits');
  const known = await findKnownEvent(shop.pool, shop.traces, orderId).catch((error) => {
    throw unavailable('postgres', 'Postgres is away, and only it knows this order', 5, error);
  });
  if (known === undefined || known.event.title !== 'order') {
    throw notFound('there is no such order', orderId, 'the id of an order that was placed');
  }
  const { product: category, time } = known.event;
  const model: OrderPage = {
    ...plainLayout(req, res, shop.traces, 'Order successful'),
    order: { order_id: orderId, product: category, time },
    item: findItem(known.context?.item ?? ''),
  };
  sendPage(res, 'order', model);
}
