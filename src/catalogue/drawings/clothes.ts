// Clothes: a striped tee, a jumper with a yoke, a raincoat, jeans.

import { bothSides, circle, type Drawings, each, path, rect, stitch, stroke } from './shapes.ts';

const tee = [
  path('n', 'M166 78 Q200 92 234 78 L234 90 Q200 118 166 90 Z'),
  path(
    'p',
    'M134 88 L166 78 Q200 116 234 78 L266 88 L348 138 L314 208 L274 188 V338 Q274 348 264 348 H136 Q126 348 126 338 V188 L86 208 L52 138 Z',
  ),
  bothSides(
    path('c', 'M62 132 L74 125 L105 198 L94 204 Z'),
    path('c', 'M87 117 L100 109 L126 172 V188 L118 192 Z'),
    path('c', 'M112 102 L124 94 L126 132 V142 Z'),
  ),
  each(7, (n) => rect('c', 126, 132 + n * 30, 148, 14)),
  path('k', 'M252 90 L266 88 L274 186 V338 Q274 348 264 348 H246 Q258 220 252 90 Z'),
  bothSides(stroke('k', 3, 'M126 190 Q120 136 136 90')),
  stroke('c', 11, 'M166 80 Q200 118 234 80'),
].join('');

const jumper = [
  path('d', 'M152 76 Q200 92 248 76 L252 100 Q200 128 148 100 Z'),
  path(
    'c',
    'M148 82 Q200 124 252 82 L290 98 Q310 108 316 132 L350 304 L302 316 L276 204 V326 H124 V204 L98 316 L50 304 L84 132 Q90 108 110 98 Z',
  ),
  path('k', 'M276 204 V326 H248 Q262 250 258 160 Z'),
  bothSides(
    path('d', 'M49 300 L99 313 L95 336 Q93 344 85 342 L51 333 Q44 331 45 324 Z'),
    stroke('k', 3, 'M62 306 L58 332 M76 310 L72 336'),
    stroke('k', 3, 'M124 206 Q124 180 116 160'),
  ),
  rect('d', 120, 318, 160, 30, 8),
  each(11, (n) => stroke('k', 3, `M${134 + n * 13.2} 322 V344`)),
  stroke('d', 16, 'M148 84 Q200 126 252 84'),
  each(13, (n) => circle('l', 104 + n * 16, 137 + (n % 2) * 4, 3.6)),
  stroke('p', 7, `M96 166 ${each(13, (n) => `l16 ${n % 2 === 0 ? -14 : 14} `)}`),
  each(12, (n) => path('l', `M${112 + n * 16} 174 l7 9 l-7 9 l-7 -9 Z`)),
  stroke('p', 4, 'M98 202 H302'),
  each(11, (n) => circle('p', 130 + n * 14, 226, 2.6)),
  each(10, (n) => circle('p', 137 + n * 14, 250, 2.6)),
].join('');

const raincoat = [
  stroke('m', 5, 'M44 90 l-7 20 M78 50 l-7 20 M340 64 l-7 20 M366 128 l-7 20 M28 190 l-7 20'),
  path('c', 'M142 122 Q130 36 200 32 Q270 36 258 122 Z'),
  path('l', 'M150 82 Q156 34 200 32 Q244 34 250 82 Q200 46 150 82 Z'),
  path('i', 'M164 118 Q158 66 200 64 Q242 66 236 118 Q200 146 164 118 Z'),
  path(
    'c',
    'M142 112 Q200 156 258 112 L294 128 Q306 134 310 148 L344 270 L300 284 L282 216 L296 336 Q297 348 284 348 H116 Q103 348 104 336 L118 216 L100 284 L56 270 L90 148 Q94 134 106 128 Z',
  ),
  path('k', 'M282 216 L296 336 Q297 348 284 348 H252 Q266 260 262 180 Z'),
  bothSides(
    path('d', 'M52 264 L98 279 L94 296 L48 281 Z'),
    stroke('d', 4, 'M118 218 Q124 180 118 154'),
    path('d', 'M126 262 h48 v42 q0 8 -8 8 h-32 q-8 0 -8 -8 Z'),
    rect('l', 123, 254, 54, 16, 5),
  ),
  rect('d', 189, 138, 22, 210),
  stroke('l', 3, 'M189 140 V346'),
  each(4, (n) => circle('p', 200, 172 + n * 46, 6)),
  stroke('p', 4, 'M176 132 v30 M224 132 v26'),
  bothSides(circle('t', 176, 164, 5)),
].join('');

const jeans = [
  path(
    'c',
    'M120 44 H280 L304 338 Q304 346 296 346 H226 Q219 346 218 338 L204 172 Q200 160 196 172 L182 338 Q181 346 174 346 H104 Q96 346 96 338 Z',
  ),
  path('d', 'M200 164 L204 172 L218 338 Q219 346 226 346 H244 L232 200 Q226 130 200 128 Z'),
  path('k', 'M280 44 L304 338 Q304 346 296 346 H282 L262 44 Z'),
  path('h', 'M124 150 Q150 150 158 240 L150 300 H122 Z'),
  path('h', 'M262 150 Q244 160 242 240 L250 300 H264 Z'),
  rect('d', 116, 42, 168, 24, 5),
  each(4, (n) => rect('l', 134 + n * 41, 38, 9, 32, 3)),
  circle('t', 200, 54, 7),
  stitch('t', 'M200 68 V150'),
  stitch('t', 'M216 68 V118 Q216 142 203 150'),
  bothSides(
    path('d', 'M116 70 H164 Q160 112 112 118 Z'),
    stitch('t', 'M167 70 Q163 116 112 122'),
    stitch('t', 'M120 128 L104 318'),
    path('l', 'M98 318 H184 L182 338 Q181 346 174 346 H104 Q96 346 96 338 Z'),
    stitch('t', 'M100 326 H181'),
  ),
].join('');

export const clothes: Drawings = {
  'jetty-stripe-tee': tee,
  'fjord-jumper': jumper,
  'skerry-raincoat': raincoat,
  'quay-jeans': jeans,
};
