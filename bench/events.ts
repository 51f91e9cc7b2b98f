// Events for benchmarks, with the keys in the order in which our own producers write them.

import type { ShopEvent } from '../src/events/event.ts';
import { newId, newOrderId, ORDER_PAGE_ID } from '../src/events/ids.ts';

/** One of a list, whichever. */
export const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

/** An event of now, a show unless something else is given; its page and target follow from its title. */
export function anEvent(given: Partial<ShopEvent> = {}): ShopEvent {
  const { title = 'banner_show' } = given;
  return {
    order_id: newOrderId(),
    user_id: newId(),
    page_id: title === 'order' ? ORDER_PAGE_ID : newId(),
    product: 'sneakers',
    site_version: 'mobile',
    time: new Date().toISOString(),
    title,
    target: title === 'order' ? 1 : 0,
    ...given,
  };
}
