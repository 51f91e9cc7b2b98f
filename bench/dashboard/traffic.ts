// Events through the collector at a steady rate, as a shop's servers would send them: a few in each request.

import { setTimeout as sleep } from 'node:timers/promises';
import { DEVICES, type Title } from '../../src/events/event.ts';
import { newId } from '../../src/events/ids.ts';
import { PRODUCTS } from '../../src/events/products.ts';
import { anEvent } from '../../test/support/events.ts';
import { pick } from '../pick.ts';

const EVENTS_A_REQUEST = 10;
const USERS = Array.from({ length: 5_000 }, newId);

/** Titles of ten events: most are shows. */
const MIX: readonly Title[] = [
  ...Array<Title>(7).fill('banner_show'),
  'banner_click',
  'banner_click',
  'order',
];

const someEvent = () =>
  anEvent({
    user_id: pick(USERS),
    product: pick(PRODUCTS),
    site_version: pick(DEVICES),
    title: pick(MIX),
    context: { item: 'harbour-tote' },
  });

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
    body: JSON.stringify(Array.from({ length: EVENTS_A_REQUEST }, someEvent)),
  });
  return ((await response.json()) as { accepted: number }).accepted;
}
