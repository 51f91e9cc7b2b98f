// A steady stream of events of many visitors into the shop's API.

import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../src/events/ids.ts';
import { PRODUCTS } from '../../src/events/products.ts';
import { anEvent } from '../../test/support/events.ts';
import { pick } from '../pick.ts';

const EVENTS_A_REQUEST = 10;
const AGES = Array.from({ length: 50 }, (_, n) => 18 + n);
export const USERS = Array.from({ length: 5_000 }, newId);

/** Milliseconds since 1970. */
export type Sent = { readonly at: number; acknowledged?: number };

/** An event of somebody: the last three of ten are clicks. */
export const anEventOf = (n: number) =>
  anEvent({
    user_id: pick(USERS),
    product: pick(PRODUCTS),
    title: n < 7 ? 'banner_show' : 'banner_click',
    context: {
      item: `item-${Math.floor(Math.random() * 40)}`,
      gender: pick(['M', 'F']),
      age: pick(AGES),
    },
  });

/** Sends events at `rate` a second. @returns when each was sent and acknowledged, by order_id */
export async function send(url: string, rate: number, seconds: number): Promise<Map<string, Sent>> {
  const sent = new Map<string, Sent>();
  const began = performance.now();
  const requests: Promise<unknown>[] = [];
  for (let n = 0; n < (rate * seconds) / EVENTS_A_REQUEST; n++) {
    await sleep(Math.max(0, began + (n * 1000 * EVENTS_A_REQUEST) / rate - performance.now()));
    const events = Array.from({ length: EVENTS_A_REQUEST }, (_, at) => anEventOf(at));
    const request: Sent = { at: Date.now() };
    for (const { order_id } of events) sent.set(order_id, request);
    requests.push(post(url, JSON.stringify(events), request));
  }
  await Promise.all(requests);
  return sent;
}

async function post(url: string, body: string, request: Sent): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/events`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  if (response.ok) request.acknowledged = Date.now();
}
