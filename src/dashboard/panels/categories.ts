// Banner clicks by category.

import { z } from 'zod';
import { isProduct, PRODUCTS } from '../../events/products.ts';
import { badRequest } from '../../http/errors.ts';
import { clicksOf, eventsBehind } from './behind.ts';
import { CLICK_BANNER, panel } from './panel.ts';

export const categories = panel({
  title: 'Categories',
  unit: 'Banner clicks of the last hour',
  of: 'clicks',
  width: 'stacked',
  begin: CLICK_BANNER,
  columns: ['product', 'count'],
  rows: z.array(z.object({ product: z.enum(PRODUCTS), count: z.int() })).describe('clicks of the last hour'),
  read: ({ windows }) => windows.categories,
  bars: {
    as: 'lines',
    of: ['product'],
    name: 'product',
    counts: { count: ['click', 'clicks'] },
    reading: { sum: 'in an hour' },
    empty: 'No click in an hour.',
  },
  behind: eventsBehind((events, { of, atMs }) => {
    if (!isProduct(of)) throw badRequest('the query has no usable of', of, 'a category');
    return clicksOf(events, atMs).filter(({ product }) => product === of);
  }),
});
