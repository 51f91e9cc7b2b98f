// The pages that banners opened most.

import { z } from 'zod';
import { PRODUCTS } from '../../events/products.ts';
import { pageKey } from '../live/windows.ts';
import { clicksOf, eventsBehind } from './behind.ts';
import { CLICK_BANNER, panel } from './panel.ts';

export const pages = panel({
  title: 'Top 10 pages',
  unit: 'Banner clicks of the last hour, by what they opened',
  of: 'clicks',
  width: 'third',
  begin: CLICK_BANNER,
  columns: ['item', 'product', 'count'],
  rows: z
    .array(z.object({ item: z.string(), product: z.enum(PRODUCTS), count: z.int() }))
    .describe('the ten most clicked of the last hour'),
  read: ({ windows }) => windows.pages,
  bars: {
    as: 'lines',
    of: ['product', 'item'],
    name: 'item',
    counts: { count: ['click', 'clicks'] },
    reading: 'first',
    empty: 'No click in an hour.',
  },
  behind: eventsBehind((events, { of, atMs }) => {
    const [product, ...item] = of.split('/');
    return clicksOf(events, atMs).filter((event) => pageKey(event) === `${item.join('/')} ${product}`);
  }),
});
