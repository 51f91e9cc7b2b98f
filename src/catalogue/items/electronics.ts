// Electronics: headphones, a camera, a radio, a handheld.

import type { CatalogueItem } from '../item.ts';

export const electronics: readonly CatalogueItem[] = [
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
];
