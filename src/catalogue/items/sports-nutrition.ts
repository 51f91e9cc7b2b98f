// Sports nutrition: whey, a bar, a shaker, tablets.

import type { CatalogueItem } from '../item.ts';

export const sportsNutrition: readonly CatalogueItem[] = [
  {
    slug: 'baseline-whey',
    product: 'sports_nutrition',
    name: 'Baseline Whey',
    price: 3490,
    line: 'Twenty-four grams of protein and three ingredients.',
    description:
      'Whey, cocoa, a little salt. It dissolves in cold water without a lump and tastes of chocolate, not of vanilla that was told about chocolate. The scoop lies on top, where you can find it.',
    details: [
      ['Protein', '24 g a serving'],
      ['Servings', '30'],
      ['Taste', 'Cocoa'],
      ['Content', '900 g'],
    ],
  },
  {
    slug: 'long-run-bar',
    product: 'sports_nutrition',
    name: 'Long Run Bar',
    price: 290,
    line: 'Oats, dates and salt for kilometre twenty-five.',
    description:
      'A bar that can be chewed while running and opened with cold fingers. Oats for later, dates for now, salt for what you lost. Wrapped in paper that composts.',
    details: [
      ['Energy', '214 kcal'],
      ['Carbohydrate', '38 g'],
      ['Allergens', 'Oats; may contain nuts'],
      ['Content', '55 g'],
    ],
  },
  {
    slug: 'rapids-shaker',
    product: 'sports_nutrition',
    name: 'Rapids Shaker',
    price: 1690,
    line: 'Closes with a quarter turn and stays closed in the bag.',
    description:
      'A shaker with a lid that tells you by a click that it is shut. The fins inside do what the wire ball did, only quietly. Marks up to 700 millilitres, for people who measure.',
    details: [
      ['Holds', '700 ml'],
      ['Material', 'Tritan, free of BPA'],
      ['Lid', 'Quarter turn, with loop'],
      ['Care', 'Dishwasher'],
    ],
  },
  {
    slug: 'saltline-tabs',
    product: 'sports_nutrition',
    name: 'Saltline Tabs',
    price: 890,
    line: 'Drop one in. Wait for the fizz. Go on.',
    description:
      'Electrolytes in a tablet: sodium, potassium, magnesium, and grapefruit so that you want to drink it. One for an hour in the sun. The tube fits a jersey pocket.',
    details: [
      ['Tablets', '20'],
      ['Sodium', '380 mg each'],
      ['Taste', 'Grapefruit'],
      ['Sugar', 'None'],
    ],
  },
];
