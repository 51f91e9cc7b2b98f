import type { PanelEvent } from '../../../src/dashboard/live/event.ts';

export const NOW = Date.UTC(2026, 2, 2, 9, 0, 30);
let count = 0;

/** A click a second ago, of a visitor of its own; `changes` win. */
export function aPanelEvent(changes: Partial<PanelEvent> = {}): PanelEvent {
  count += 1;
  const timeMs = changes.timeMs ?? NOW - 1_000;
  return {
    orderId: `order ${count}`,
    userId: `user ${count}`,
    title: 'banner_click',
    product: 'clothes',
    siteVersion: 'desktop',
    item: undefined,
    timeMs,
    arrivedMs: timeMs,
    robot: false,
    simulated: false,
    ip: undefined,
    userAgent: undefined,
    deviceType: undefined,
    topic: 'ecommerce',
    partition: 0,
    offset: String(count),
    ...changes,
  };
}
