// Accessories: a bag, sunglasses, a watch, an umbrella.

import type { CatalogueItem } from '../item.ts';

export const accessories: readonly CatalogueItem[] = [
  {
    slug: 'harbour-tote',
    product: 'accessories',
    name: 'Harbour Tote',
    price: 8900,
    line: 'Waxed canvas that looks better every winter.',
    description:
      'A tote for a laptop, a loaf and a wet umbrella. The canvas is waxed by hand, the straps are vegetable-tanned leather and long enough for a coat sleeve. It stands up by itself when you put it down.',
    details: [
      ['Material', 'Waxed cotton canvas, leather straps'],
      ['Holds', '19 litres, laptops up to 15 inches'],
      ['Weight', '780 g'],
      ['Care', 'Brush off, wax again after two years'],
    ],
  },
  {
    slug: 'lido-sunglasses',
    product: 'accessories',
    name: 'Lido Sunglasses',
    price: 6400,
    line: 'Round lenses, polarised, for low sun over water.',
    description:
      'Round frames cut from one sheet of acetate, with lenses that take the glare off water and wet streets. Light enough to forget on your forehead. The case closes with a click you will hear in your sleep.',
    details: [
      ['Lenses', 'Polarised, UV 400, category 3'],
      ['Frame', 'Plant-based acetate'],
      ['Width', '142 mm'],
      ['Weight', '24 g'],
    ],
  },
  {
    slug: 'meridian-watch',
    product: 'accessories',
    name: 'Meridian Watch',
    price: 15900,
    line: 'Two hands, twelve marks, nothing to charge.',
    description:
      'A quiet watch that says what time it is and then stops talking. The movement runs seven years on one battery; the strap changes without a tool. Its dial is matt, so it can be read in the sun.',
    details: [
      ['Case', 'Brushed steel, 38 mm'],
      ['Glass', 'Sapphire, domed'],
      ['Strap', 'Leather, 18 mm, quick release'],
      ['Water', '5 bar'],
    ],
  },
  {
    slug: 'drizzle-umbrella',
    product: 'accessories',
    name: 'Drizzle Umbrella',
    price: 4900,
    line: 'Eight ribs, one button, turned inside out 500 times.',
    description:
      'Opens with one hand and gives way in a gust instead of breaking. The ribs are fibreglass, the handle is ash from a single piece. We turned one inside out five hundred times; it still closes.',
    details: [
      ['Span', '104 cm'],
      ['Ribs', 'Eight, fibreglass'],
      ['Handle', 'Ash, oiled'],
      ['Weight', '460 g'],
    ],
  },
];
