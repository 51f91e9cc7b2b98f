// Electronics: headphones, a camera, a radio, a handheld.

import {
  bothSides,
  circle,
  type Drawings,
  each,
  ellipse,
  path,
  rect,
  shadow,
  stroke,
  turned,
} from './shapes.ts';

const headphones = [
  shadow(128),
  stroke('c', 28, 'M86 232 V192 A114 114 0 0 1 314 192 V232'),
  stroke('d', 12, 'M112 182 A92 92 0 0 1 288 182'),
  stroke('h', 7, 'M96 150 A112 112 0 0 1 168 84'),
  bothSides(
    rect('m', 78, 204, 16, 44, 6),
    rect('i', 104, 228, 42, 108, 20),
    rect('m', 134, 238, 8, 88, 4),
    rect('c', 48, 222, 72, 122, 34),
    rect('d', 62, 240, 34, 86, 17),
    rect('l', 68, 250, 8, 44, 4),
  ),
  circle('p', 79, 312, 5),
].join('');

const camera = [
  shadow(146, 200, 330),
  stroke('t', 11, 'M62 158 Q8 190 26 276'),
  stroke('u', 11, 'M338 158 Q392 190 374 276'),
  rect('i', 92, 104, 36, 22, 6),
  rect('m', 276, 100, 50, 24, 6),
  each(7, (n) => stroke('i', 2, `M${283 + n * 6} 102 V122`)),
  path('n', 'M146 128 L160 92 Q163 84 172 84 H228 Q237 84 240 92 L254 128 Z'),
  rect('i', 172, 96, 56, 22, 6),
  path('h', 'M176 98 h22 l-14 18 h-8 Z'),
  rect('n', 56, 122, 288, 64, 18),
  rect('c', 56, 160, 288, 134, 4),
  path('k', 'M308 160 H344 V294 H290 Z'),
  path('n', 'M56 288 H344 V308 Q344 326 326 326 H74 Q56 326 56 308 Z'),
  rect('i', 76, 134, 34, 18, 4),
  rect('p', 288, 132, 40, 20, 4),
  circle('n', 200, 226, 86),
  circle('i', 200, 226, 80),
  each(24, (n) => `<g transform="rotate(${n * 15} 200 226)">${stroke('m', 3, 'M200 150 V160')}</g>`),
  circle('m', 200, 226, 60),
  circle('i', 200, 226, 53),
  circle('d', 200, 226, 38),
  circle('i', 200, 226, 22),
  path('h', 'M160 226 A40 40 0 0 1 200 186 L200 204 A22 22 0 0 0 178 226 Z'),
  circle('p', 214, 240, 5),
].join('');

const grille = each(81, (n) => {
  const x = ((n % 9) - 4) * 14;
  const y = (Math.floor(n / 9) - 4) * 14;
  return Math.hypot(x, y) < 60 ? circle('m', 146 + x, 226 + y, 4) : '';
});

const radio = [
  shadow(150, 200, 340),
  stroke('m', 5, 'M298 132 L352 34'),
  circle('m', 352, 34, 7),
  stroke('t', 15, 'M104 134 V106 Q104 88 122 88 H278 Q296 88 296 106 V134'),
  rect('i', 84, 320, 40, 18, 5),
  rect('i', 276, 320, 40, 18, 5),
  rect('c', 50, 122, 300, 206, 30),
  path('d', 'M50 290 V298 Q50 328 80 328 H320 Q350 328 350 298 V290 Q350 314 320 314 H80 Q50 314 50 290 Z'),
  rect('l', 66, 138, 268, 166, 18),
  circle('i', 146, 222, 72),
  `<g transform="translate(0 -4)">${grille}</g>`,
  rect('p', 232, 154, 90, 52, 8),
  each(9, (n) => stroke('i', 2, `M${242 + n * 8.8} 166 v${n % 4 === 0 ? 14 : 8}`)),
  stroke('d', 4, 'M284 160 V200'),
  circle('i', 256, 254, 26),
  stroke('p', 4, 'M256 254 L268 238'),
  circle('i', 307, 262, 16),
  stroke('p', 4, 'M307 262 V250'),
].join('');

/** Rows of the handheld's picture; a # is a lit pixel: hills, and something small that jumps over them. */
const PIXELS = [
  '..........#.',
  '.........###',
  '..........#.',
  '............',
  '....##......',
  '...####...#.',
  '.#######.###',
  '############',
];

const handheld = turned(
  -9,
  rect('k', 116, 44, 186, 318, 30),
  rect('d', 112, 34, 184, 318, 30),
  rect('c', 106, 34, 184, 318, 30),
  rect('i', 124, 54, 148, 130, 14),
  rect('n', 140, 70, 116, 98, 4),
  PIXELS.flatMap((row, y) =>
    [...row].map((pixel, x) => (pixel === '#' ? rect('m', 144 + x * 9, 84 + y * 9.6, 8, 8.6) : '')),
  ).join(''),
  circle('c', 132, 119, 4),
  path('i', 'M148 216 h22 v22 h22 v22 h-22 v22 h-22 v-22 h-22 v-22 h22 Z'),
  circle('k', 159, 249, 9),
  circle('d', 258, 228, 18),
  circle('d', 220, 254, 18),
  circle('h', 255, 224, 9),
  circle('h', 217, 250, 9),
  turned(0, rect('d', 150, 308, 32, 11, 5), rect('d', 192, 308, 32, 11, 5)),
  each(4, (n) => stroke('d', 5, `M${238 + n * 11} 326 l12 -22`)),
  ellipse('h', 130, 44, 16, 3),
);

export const electronics: Drawings = {
  'hush-headphones': headphones,
  'parallax-camera': camera,
  'longwave-radio': radio,
  'pocket-arcade': handheld,
};
