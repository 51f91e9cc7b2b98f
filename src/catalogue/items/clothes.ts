// Clothes: a tee, a jumper, a raincoat, jeans.

import type { CatalogueItem } from '../item.ts';

export const clothes: readonly CatalogueItem[] = [
  {
    slug: 'jetty-stripe-tee',
    product: 'clothes',
    name: 'Jetty Stripe Tee',
    price: 3900,
    line: 'The striped one that goes with everything else.',
    description:
      'Heavy jersey with a boat neck and stripes that meet at the side seams, which is harder than it sounds. Washed before it is sewn, so the size you buy is the size you keep.',
    details: [
      ['Material', 'Organic cotton, 240 g/m²'],
      ['Fit', 'Straight, true to size'],
      ['Sizes', 'XS to XXL'],
      ['Care', 'Wash at 40 °C, line dry'],
    ],
  },
  {
    slug: 'fjord-jumper',
    product: 'clothes',
    name: 'Fjord Jumper',
    price: 11900,
    line: 'A round yoke, knitted in one piece, no seams to itch.',
    description:
      'Knitted from the neck down in the round, with a pattern that one village has worn for a century. Wool from sheep that live outside, and it shows: wind stops here.',
    details: [
      ['Material', 'New wool, unmulesed'],
      ['Knit', 'Seamless, gauge 5'],
      ['Sizes', 'XS to XXL'],
      ['Care', 'Air it; wash by hand once a year'],
    ],
  },
  {
    slug: 'skerry-raincoat',
    product: 'clothes',
    name: 'Skerry Raincoat',
    price: 17900,
    line: 'Taped seams, a hood with a brim, pockets for cold hands.',
    description:
      'A coat for rain that comes sideways. All seams are taped, the hood keeps its shape under a brim, and the pockets are lined with fleece. Folds into its own left pocket.',
    details: [
      ['Waterproof', '20,000 mm column'],
      ['Seams', 'Taped throughout'],
      ['Sizes', 'XS to XXL'],
      ['Weight', '540 g in size M'],
    ],
  },
  {
    slug: 'quay-jeans',
    product: 'clothes',
    name: 'Quay Jeans',
    price: 8900,
    line: 'Straight leg, mid rise, denim that remembers you.',
    description:
      'Straight from hip to hem, in a denim that starts stiff and gives in where you do. Copper rivets where the thread alone would tear, and a fifth pocket that fits a key.',
    details: [
      ['Material', 'Cotton denim, 13 oz'],
      ['Fit', 'Straight, mid rise'],
      ['Sizes', '26 to 38'],
      ['Repairs', 'Free for as long as you have them'],
    ],
  },
];
