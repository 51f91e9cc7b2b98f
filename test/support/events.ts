import type { ShopEvent } from '../../src/events/event.ts';
import { newId, newOrderId, ORDER_PAGE_ID } from '../../src/events/ids.ts';

/** A valid event; `changes` win. */
export function anEvent(changes: Partial<ShopEvent> = {}): ShopEvent {
  const title = changes.title ?? 'banner_click';
  return {
    order_id: newOrderId(),
    user_id: newId(),
    page_id: title === 'order' ? ORDER_PAGE_ID : newId(),
    product: 'clothes',
    site_version: 'desktop',
    time: new Date().toISOString(),
    title,
    target: title === 'order' ? 1 : 0,
    ...changes,
  };
}
