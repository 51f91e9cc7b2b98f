// Sports nutrition: a tub of whey, a torn-open bar, a shaker, a tube of tablets beside a fizzing glass.

import {
  circle,
  type Drawings,
  each,
  ellipse,
  lettering,
  path,
  rect,
  shadow,
  stroke,
  turned,
} from './shapes.ts';

const tub = [
  shadow(150, 216, 348),
  path('c', 'M92 128 H284 V324 Q284 348 260 348 H116 Q92 348 92 324 Z'),
  rect('p', 92, 166, 192, 126),
  path('k', 'M250 128 H284 V324 Q284 348 260 348 H234 Q250 344 250 324 Z'),
  rect('i', 80, 64, 216, 60, 14),
  rect('m', 80, 64, 216, 16, 8),
  each(15, (n) => stroke('m', 3, `M${96 + n * 13.2} 88 V116`)),
  rect('d', 92, 124, 192, 10),
  lettering('i', 176, 220, 43, 'WHEY'),
  stroke('c', 9, 'M112 250 C132 232 148 268 170 250 C190 234 206 268 228 250 C236 244 242 244 248 250'),
  rect('n', 112, 270, 74, 8, 4),
  rect('n', 194, 270, 40, 8, 4),
  ellipse('l', 316, 316, 40, 24),
  path('n', 'M270 314 H346 L338 340 Q336 348 326 348 H290 Q280 348 278 340 Z'),
  stroke('n', 13, 'M340 322 L392 300'),
  stroke('m', 3, 'M346 322 L388 304'),
  path('k', 'M320 314 H346 L338 340 Q336 348 326 348 H310 Z'),
].join('');

const bar = turned(
  -24,
  rect('k', 52, 264, 320, 14, 7),
  rect('t', 232, 148, 142, 104, 22),
  path('u', 'M250 226 H374 V232 Q374 252 354 252 H250 Z'),
  each(16, (n) => ellipse(n % 3 === 0 ? 'p' : 'u', 282 + ((n * 37) % 80), 162 + ((n * 29) % 76), 7, 4)),
  each(4, (n) => circle('d', 296 + n * 19, 178 + ((n * 31) % 52), 5)),
  path(
    'c',
    'M34 140 l14 10 -14 10 14 10 -14 10 14 10 -14 10 14 10 -14 10 14 10 -14 10 14 10 -14 10 H262 l14 -14 -10 -16 16 -18 -12 -18 14 -20 -12 -16 8 -18 Z',
  ),
  path('k', 'M46 230 H270 l-8 30 H34 l14 -10 -14 -10 Z'),
  rect('d', 48, 140, 24, 120),
  each(3, (n) => stroke('k', 3, `M${54 + n * 7} 142 V258`)),
  path('h', 'M72 148 H262 l4 12 H72 Z'),
  rect('p', 92, 170, 150, 60, 10),
  lettering('i', 167, 197, 25, 'LONG RUN'),
  stroke('c', 6, 'M110 214 c14 -12 26 12 40 0 s26 12 40 0 s22 8 34 0'),
);

const shaker = [
  shadow(78),
  stroke('d', 12, 'M226 92 C224 34 312 34 304 112'),
  path('g', 'M118 128 H282 L264 330 Q262 348 244 348 H156 Q138 348 136 330 Z'),
  path('c', 'M125 208 Q160 192 200 208 Q240 224 275 206 L264 330 Q262 348 244 348 H156 Q138 348 136 330 Z'),
  path('l', 'M125 208 Q160 192 200 208 Q240 224 275 206 L273 222 Q236 238 198 222 Q160 208 127 224 Z'),
  path('k', 'M275 206 L264 330 Q262 348 244 348 H222 Q246 280 248 214 Z'),
  each(6, (n) => stroke('i', 4, `M${262 - n * 2} ${176 + n * 25} h${n % 2 === 0 ? -26 : -15}`)),
  rect('d', 112, 84, 176, 52, 14),
  each(11, (n) => stroke('k', 4, `M${128 + n * 14.4} 96 V126`)),
  path('i', 'M140 84 V58 Q140 46 152 46 H194 Q206 46 206 58 V84 Z'),
  rect('m', 134, 38, 60, 14, 7),
  path('h', 'M134 142 H152 L164 330 H152 Z'),
  circle('p', 176, 262, 6),
  circle('p', 198, 288, 4),
  circle('p', 188, 238, 4),
].join('');

const tablet = (x: number, y: number): string =>
  ellipse('n', x, y + 7, 24, 9) + ellipse('p', x, y, 24, 9) + stroke('n', 3, `M${x - 15} ${y} h30`);

const tabs = [
  shadow(150, 210, 350),
  rect('c', 84, 92, 92, 256, 16),
  rect('p', 84, 148, 92, 148),
  rect('k', 150, 92, 26, 256, 13),
  rect('n', 78, 52, 104, 52, 12),
  each(7, (n) => stroke('m', 3, `M${92 + n * 13} 62 V96`)),
  `<g transform="rotate(-90 130 222)">${lettering('i', 130, 238, 42, 'SALT')}</g>`,
  path('g', 'M212 130 H346 L332 330 Q330 348 312 348 H246 Q228 348 226 330 Z'),
  path('l', 'M216 184 Q246 174 280 184 Q312 194 342 182 L332 330 Q330 348 312 348 H246 Q228 348 226 330 Z'),
  path('k', 'M342 182 L332 330 Q330 348 312 348 H294 Q318 280 318 188 Z'),
  ellipse('c', 276, 334, 26, 9),
  ellipse('d', 276, 338, 26, 8),
  each(13, (n) => circle('p', 250 + ((n * 23) % 62), 316 - n * 10, 3 + (n % 3) * 2)),
  each(4, (n) => circle('l', 258 + ((n * 29) % 56), 160 - n * 13, 4)),
  path('h', 'M224 140 H240 L250 330 H240 Z'),
  tablet(52, 338),
].join('');

export const sportsNutrition: Drawings = {
  'baseline-whey': tub,
  'long-run-bar': bar,
  'rapids-shaker': shaker,
  'saltline-tabs': tabs,
};
