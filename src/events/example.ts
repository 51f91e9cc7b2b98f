// An event to show and to try: in the API's description, and as a pattern for whoever mends a dead letter.

import type { ShopEvent } from './event.ts';

/** Valid and always the same, so that trying it twice stores it once. */
export const exampleEvent = {
  order_id: '0193fb5c7d1e7c3aa1f04b2d9e6c8f10',
  user_id: '3f2a9c4e8b7d4f0e9a1c5d6e7f8090a1',
  page_id: '9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d',
  product: 'sneakers',
  site_version: 'mobile',
  time: '2026-01-31T12:00:00.000Z',
  title: 'banner_click',
  target: 0,
} as const satisfies ShopEvent;
