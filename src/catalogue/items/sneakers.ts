// Sneakers: a runner, a tennis shoe, a high top, a slip-on.

import type { CatalogueItem } from '../item.ts';

export const sneakers: readonly CatalogueItem[] = [
  {
    slug: 'tidal-runner',
    product: 'sneakers',
    name: 'Tidal Runner',
    price: 13900,
    line: 'A soft landing, forty kilometres a week.',
    description:
      'A daily trainer with a rocker under the toes, so the last kilometre rolls as the first did. The upper is one piece of knit; nothing rubs because nothing is there to rub.',
    details: [
      ['Drop', '6 mm'],
      ['Weight', '238 g in size 42'],
      ['Upper', 'Knit from recycled yarn'],
      ['Sizes', '36 to 47'],
    ],
  },
  {
    slug: 'centre-court',
    product: 'sneakers',
    name: 'Centre Court',
    price: 10900,
    line: 'White leather, one green tab, enough said.',
    description:
      'The tennis shoe, drawn once more and then left alone. Full-grain leather that can be resoled, a cork footbed that learns your foot, and a tab in the colour of a good lawn.',
    details: [
      ['Upper', 'Full-grain leather'],
      ['Footbed', 'Cork and latex'],
      ['Sole', 'Natural rubber, stitched'],
      ['Sizes', '36 to 47'],
    ],
  },
  {
    slug: 'gable-high-top',
    product: 'sneakers',
    name: 'Gable High Top',
    price: 7900,
    line: 'Canvas to the ankle, eight eyelets, one star short.',
    description:
      'A canvas high top with a rubber toe that has met every kerb in town. Eight eyelets, or seven if you are in a hurry. Goes into the washing machine and comes out with stories.',
    details: [
      ['Upper', 'Cotton canvas, 14 oz'],
      ['Sole', 'Vulcanised rubber'],
      ['Eyelets', 'Eight, brass'],
      ['Sizes', '35 to 48'],
    ],
  },
  {
    slug: 'lane-slip-on',
    product: 'sneakers',
    name: 'Lane Slip-On',
    price: 6900,
    line: 'No laces. Out of the door in four seconds.',
    description:
      'Checked canvas on a flat sole that sticks to a board, a pedal or a kitchen floor. Elastic at both sides holds it on; your heel finds its own way in.',
    details: [
      ['Upper', 'Checked canvas'],
      ['Sole', 'Waffle rubber'],
      ['Closure', 'None; elastic at both sides'],
      ['Sizes', '35 to 48'],
    ],
  },
];
