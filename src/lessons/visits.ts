// One visitor of a lesson: visits over the last hours with pauses of chance, so that nobody can know how many sessions they make.

import { randomInt } from 'node:crypto';
import type { ShopEvent } from '../events/event.ts';
import { newId, newOrderId } from '../events/ids.ts';

const MINUTE_MS = 60_000;
/** Clearly shorter and clearly longer than the half hour that ends a session. */
const SHORT = [1, 25] as const;
const LONG = [33, 70] as const;

/** An event of the visitor. @param time milliseconds since the epoch */
export function visit(userId: string, time: number): ShopEvent {
  return {
    order_id: newOrderId(),
    user_id: userId,
    page_id: newId(),
    product: 'sneakers',
    site_version: 'desktop',
    time: new Date(time).toISOString(),
    title: 'banner_click',
    target: 0,
    context: { simulated: true, item: 'tidal-runner', received_at: new Date().toISOString() },
  };
}

/** Visits in their order, the last one a minute before `now`. @param count 2 or more */
export function visitsBefore(now: number, userId: string, count: number): readonly ShopEvent[] {
  const events: ShopEvent[] = [];
  let time = now - MINUTE_MS;
  for (let n = 0; n < count; n += 1) {
    events.unshift(visit(userId, time));
    const [least, most] = randomInt(3) === 0 ? LONG : SHORT;
    time -= randomInt(least * 60, most * 60) * 1000;
  }
  return events;
}
