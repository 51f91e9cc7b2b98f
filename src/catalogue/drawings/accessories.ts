// Accessories: a tote, sunglasses, a watch, an umbrella.

import {
  bothSides,
  circle,
  type Drawings,
  each,
  mark,
  path,
  rect,
  shadow,
  stitch,
  stroke,
  turned,
} from './shapes.ts';

const tote = [
  shadow(136),
  stroke('u', 13, 'M152 150 V118 Q152 76 200 76 Q248 76 248 118 V150'),
  path('c', 'M86 146 H314 L331 326 Q333 346 313 346 H87 Q67 346 69 326 Z'),
  path('d', 'M268 146 H314 L331 326 Q333 346 313 346 H290 Z'),
  path('l', 'M86 146 H314 L316 164 H84 Z'),
  path('t', 'M72 296 H328 L331 326 Q333 346 313 346 H87 Q67 346 69 326 Z'),
  path('u', 'M285 296 H328 L331 326 Q333 346 313 346 H290 Z'),
  stitch('p', 'M74 305 H327'),
  stroke('t', 15, 'M142 268 V112 Q142 46 200 46 Q258 46 258 112 V268'),
  stitch('u', 'M142 262 V176'),
  stitch('u', 'M258 262 V176'),
  bothSides(circle('p', 142, 262, 5)),
  rect('p', 170, 200, 60, 40, 6),
  mark('i', 200, 220, 40),
].join('');

const lens = [
  circle('c', 121, 196, 80),
  circle('d', 121, 196, 63),
  path('l', 'M58.5 188 A63 63 0 0 1 183.5 188 Q121 168 58.5 188 Z'),
  path('h', 'M82 232 L150 150 Q164 157 171 170 L103 250 Q90 244 82 232 Z'),
  path('h', 'M70 212 L128 142 L138 144 L74 222 Z'),
  path('c', 'M46 168 L22 158 Q16 156 16 162 V182 Q16 190 24 192 L44 196 Z'),
].join('');

const sunglasses = [
  shadow(150, 200, 318),
  bothSides(stroke('u', 13, 'M30 184 L266 276 Q286 284 292 302'), stroke('t', 5, 'M40 185 L262 271')),
  stroke('c', 18, 'M184 176 Q200 156 216 176'),
  bothSides(lens, circle('p', 30, 174, 4)),
].join('');

const watch = turned(
  -16,
  path('c', 'M152 140 L162 26 Q163 14 176 14 H224 Q237 14 238 26 L248 140 Z'),
  path('d', 'M152 260 L162 374 Q163 386 176 386 H224 Q237 386 238 374 L248 260 Z'),
  path('k', 'M226 14 Q237 14 238 26 L248 140 H230 Z'),
  stitch('l', 'M172 28 L164 118'),
  stitch('l', 'M228 28 L236 118'),
  stitch('l', 'M164 282 L172 372'),
  stitch('l', 'M236 282 L228 372'),
  each(3, (n) => circle('i', 200, 318 + n * 20, 5)),
  rect('m', 292, 188, 20, 24, 5),
  circle('m', 200, 200, 100),
  circle('n', 200, 200, 92),
  circle('p', 200, 200, 80),
  each(
    12,
    (n) =>
      `<g transform="rotate(${n * 30} 200 200)">${stroke('i', n % 3 === 0 ? 6 : 3, 'M200 131 V144')}</g>`,
  ),
  stroke('n', 3, 'M184 236 A16 16 0 1 0 216 236 A16 16 0 1 0 184 236'),
  stroke('c', 3, 'M200 236 V225'),
  stroke('i', 8, 'M200 200 L166 168'),
  stroke('i', 6, 'M200 200 L238 152'),
  circle('c', 200, 200, 8),
  path('h', 'M146 146 A76 76 0 0 1 246 138 L152 262 A76 76 0 0 1 146 146 Z'),
);

const umbrella = [
  each(5, (n) => stroke('m', 5, `M${58 + n * 64} ${70 - (n % 2) * 34} l-8 22`)),
  stroke('m', 5, 'M40 250 l-8 22'),
  stroke('m', 5, 'M352 268 l-8 22'),
  turned(
    14,
    stroke('m', 8, 'M200 150 V312'),
    stroke('t', 17, 'M200 296 V326 Q200 360 170 360 Q142 360 142 332'),
    stroke('u', 4, 'M206 300 V324'),
    path('d', 'M200 48 C90 50 42 130 40 206 Q72 176 104 204 C108 140 140 74 200 48 Z'),
    path('d', 'M200 48 C310 50 358 130 360 206 Q328 176 296 204 C292 140 260 74 200 48 Z'),
    path('c', 'M200 48 C140 74 108 140 104 204 Q136 176 168 204 C170 140 180 84 200 48 Z'),
    path('c', 'M200 48 C260 74 292 140 296 204 Q264 176 232 204 C230 140 220 84 200 48 Z'),
    path('l', 'M200 48 C180 84 170 140 168 204 Q200 176 232 204 C230 140 220 84 200 48 Z'),
    rect('i', 196, 28, 8, 24, 4),
  ),
].join('');

export const accessories: Drawings = {
  'harbour-tote': tote,
  'lido-sunglasses': sunglasses,
  'meridian-watch': watch,
  'drizzle-umbrella': umbrella,
};
