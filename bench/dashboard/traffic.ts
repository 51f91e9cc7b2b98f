// Events through the collector at a steady rate, as a shop's servers would send them: a few in each request.

import { setTimeout as sleep } from 'node:timers/promises';
import { DEVICES, TITLES } from '../../src/events/event.ts';
import { newId, newOrderId, ORDER_PAGE_ID } from '../../src/events/ids.ts';
import { PRODUCTS } from '../../src/events/products.ts';

const EVENTS_A_REQUEST = 10;
const USERS = Array.from({ length: 5_000 }, newId);
const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

function anEvent() {
  const title = pick([
    ...Array(7).fill(TITLES[0]),
    TITLES[1],
    TITLES[1],
    TITLES[2],
  ] as (typeof TITLES)[number][]);
  return {
    order_id: newOrderId(),
    user_id: pick(USERS),
    page_id: title === 'order' ? ORDER_PAGE_ID : newId(),
    product: pick(PRODUCTS),
    site_version: pick(DEVICES),
    time: new Date().toISOString(),
    title,
    target: title === 'order' ? 1 : 0,
    context: { item: 'harbour-tote' },
  };
}

/** Sends `perSecond` events a second. @returns how many were accepted */
export async function sendEvents(url: string, perSecond: number, seconds: number): Promise<number> {
  const requests = (perSecond * seconds) / EVENTS_A_REQUEST;
  const began = performance.now();
  const sent: Promise<number>[] = [];
  for (let n = 0; n < requests; n += 1) {
    await sleep(Math.max(0, began + (n * 1000 * EVENTS_A_REQUEST) / perSecond - performance.now()));
    sent.push(send(url));
  }
  return (await Promise.all(sent)).reduce((sum, accepted) => sum + accepted, 0);
}

async function send(url: string): Promise<number> {
  const response = await fetch(`${url}/api/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array.from({ length: EVENTS_A_REQUEST }, anEvent)),
  });
  return ((await response.json()) as { accepted: number }).accepted;
}
