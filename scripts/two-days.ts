// Yesterday and today of a shop with some hundred visitors. The same day gives the same events at each run, so that a second
// run adds only what is new since the first (order_id makes events idempotent).

import { createHash } from 'node:crypto';
import type { ShopEvent } from '../src/events/event.ts';
import { PRODUCTS, type Product } from '../src/events/products.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const BATCH = 500;
const ORDER_PAGE = createHash('md5').update('nan').digest('hex');

/** Relative frequency of a category's orders; clothes lead, as in the dataset. */
const POPULARITY: Readonly<Record<Product, number>> = {
  accessories: 0.6,
  clothes: 1.5,
  electronics: 0.8,
  sneakers: 1.1,
  sports_nutrition: 0.4,
};

/** A number from 0 to 1 that depends on the words alone. */
function chance(...words: (string | number)[]): number {
  return createHash('md5').update(words.join()).digest().readUInt32BE() / 2 ** 32;
}

const id = (...words: (string | number)[]) => createHash('md5').update(words.join()).digest('hex');

/** Visits grow from night to evening. */
const crowd = (minuteOfDay: number) => 0.15 + 0.85 * Math.sin((Math.PI * minuteOfDay) / 1440) ** 2;

function* minute(start: number): Generator<ShopEvent> {
  const busy = crowd((start % DAY_MS) / MINUTE_MS);
  for (const product of PRODUCTS) {
    const shows = Math.floor(3.2 * busy + chance(start, product, 'shows'));
    for (let n = 0; n < shows; n += 1) yield* visit(start, product, n);
  }
}

function* visit(start: number, product: Product, n: number): Generator<ShopEvent> {
  const seed = [start, product, n] as const;
  const event = (title: ShopEvent['title'], afterMs: number): ShopEvent => ({
    order_id: id(...seed, title),
    user_id: id('visitor', Math.floor(chance(...seed, 'user') * 900)),
    page_id: title === 'order' ? ORDER_PAGE : id(...seed, 'page'),
    product,
    site_version: chance(...seed, 'device') < 0.7 ? 'mobile' : 'desktop',
    time: new Date(start + Math.floor(chance(...seed) * 20_000) + afterMs).toISOString(),
    title,
    target: title === 'order' ? 1 : 0,
  });
  yield event('banner_show', 0);
  if (chance(...seed, 'click') > 0.16 + 0.06 * POPULARITY[product]) return;
  yield event('banner_click', 8_000);
  if (chance(...seed, 'order') < 0.4 * POPULARITY[product]) yield event('order', 30_000);
}

/** Sends them to the collector of the shop at `url`. */
export async function fillTwoDays(url: string): Promise<void> {
  const now = Date.now();
  const first = now - (now % DAY_MS) - DAY_MS;
  const events: ShopEvent[] = [];
  for (let start = first; start < now - MINUTE_MS; start += MINUTE_MS) events.push(...minute(start));
  for (let n = 0; n < events.length; n += BATCH) {
    const answer = await fetch(new URL('/api/events', url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(events.slice(n, n + BATCH)),
    });
    if (!answer.ok) throw new Error(`the collector answered ${answer.status}: ${await answer.text()}`);
  }
  console.log(`${events.length} events for yesterday and today`);
}
