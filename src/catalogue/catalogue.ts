// What the shop sells: at least four items in each of the five categories. `slug` is the item's id in URLs and in
// the context of events.

import type { Product } from '../events/products.ts';

export type CatalogueItem = {
  readonly slug: string;
  readonly product: Product;
  readonly name: string;
  /** Euro cents. */
  readonly price: number;
  /** One line for cards and banners. */
  readonly line: string;
  /** Two or three sentences for the product page. */
  readonly description: string;
  readonly details: readonly (readonly [label: string, value: string])[];
};

/** What a category is called on a page. */
export const CATEGORY_NAMES: Readonly<Record<Product, string>> = {
  accessories: 'Accessories',
  clothes: 'Clothes',
  electronics: 'Electronics',
  sneakers: 'Sneakers',
  sports_nutrition: 'Sports nutrition',
};

export const CATALOGUE: readonly CatalogueItem[] = [
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
  {
    slug: 'hush-headphones',
    product: 'electronics',
    name: 'Hush Headphones',
    price: 22900,
    line: 'Forty hours of quiet on one charge.',
    description:
      'Over-ear headphones that take the tram out of the music. One dial for volume, one button for everything else, and a cable for the day the battery is empty. Ear pads come off with a twist.',
    details: [
      ['Battery', '40 hours, 10 minutes for 5 hours'],
      ['Noise', 'Cancelled, three strengths'],
      ['Connects', 'Bluetooth 5.4, 3.5 mm'],
      ['Weight', '252 g'],
    ],
  },
  {
    slug: 'parallax-camera',
    product: 'electronics',
    name: 'Parallax Camera',
    price: 64900,
    line: 'A rangefinder with three dials and no menus.',
    description:
      'Aperture, time, focus: three dials, and you are done. The sensor is modern, the manners are not; there is no screen to look at, so you look at what you came to see.',
    details: [
      ['Sensor', '26 megapixels, APS-C'],
      ['Lens', '23 mm, f/2'],
      ['Storage', 'Two SD cards'],
      ['Weight', '428 g'],
    ],
  },
  {
    slug: 'longwave-radio',
    product: 'electronics',
    name: 'Longwave Radio',
    price: 12900,
    line: 'Turn the knob until somebody talks to you.',
    description:
      'A kitchen radio with one large speaker and a dial that you can turn with flour on your fingers. Finds stations near and far, and streams the ones that are too far.',
    details: [
      ['Receives', 'FM, DAB+, internet'],
      ['Speaker', '4 inches, 12 W'],
      ['Battery', '18 hours'],
      ['Size', '26 × 17 × 9 cm'],
    ],
  },
  {
    slug: 'pocket-arcade',
    product: 'electronics',
    name: 'Pocket Arcade',
    price: 9900,
    line: 'Sixty small games and a cross that clicks.',
    description:
      'A handheld with a screen you can read in the sun and sixty games that end before your stop. Two players share one cable. Write your own in an afternoon; the manual shows how.',
    details: [
      ['Screen', '2.7 inches, reflective'],
      ['Games', '60 on board, open format'],
      ['Battery', '14 hours'],
      ['Weight', '118 g'],
    ],
  },
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

const BY_PRODUCT = new Map<Product, readonly CatalogueItem[]>(
  CATALOGUE.map(({ product }) => [product, CATALOGUE.filter((item) => item.product === product)]),
);

/** The items of a category, in the order of the catalogue. */
export function itemsOf(product: Product): readonly CatalogueItem[] {
  return BY_PRODUCT.get(product) ?? [];
}

/** The item with this slug; undefined where there is none. */
export function findItem(slug: string): CatalogueItem | undefined {
  return CATALOGUE.find((item) => item.slug === slug);
}
