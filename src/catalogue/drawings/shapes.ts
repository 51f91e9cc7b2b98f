// The shapes that every drawing is composed of, on a canvas of 400 × 400. A paint is the name of a CSS class in
// public/css/art.css: drawings use tones (base, deep, light of the category), and the theme gives them colours. No inline
// styles, as the Content-Security-Policy forbids them.

/** c, d, l: the category's base, deep and light; p paper, n pale, m middle, i ink; t, u leather; h, k light and shade; g glass. */
export type Paint = 'c' | 'd' | 'l' | 'p' | 'n' | 'm' | 'i' | 't' | 'u' | 'h' | 'k' | 'g';

export const path = (paint: Paint, d: string): string => `<path class="${paint}" d="${d}"/>`;

export const stroke = (paint: Paint, width: number, d: string): string =>
  `<path class="s${paint}" stroke-width="${width}" d="${d}"/>`;

/** A dashed seam. */
export const stitch = (paint: Paint, d: string): string => `<path class="s${paint} stitch" d="${d}"/>`;

export const rect = (paint: Paint, x: number, y: number, width: number, height: number, radius = 0): string =>
  `<rect class="${paint}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`;

export const circle = (paint: Paint, cx: number, cy: number, r: number): string =>
  `<circle class="${paint}" cx="${cx}" cy="${cy}" r="${r}"/>`;

export const ellipse = (paint: Paint, cx: number, cy: number, rx: number, ry: number): string =>
  `<ellipse class="${paint}" cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}"/>`;

/** Lettering on a label: part of the picture, read by nobody. */
export const lettering = (paint: Paint, x: number, y: number, size: number, text: string): string =>
  `<text class="${paint} lettering" x="${x}" y="${y}" font-size="${size}">${text}</text>`;

export const turned = (degrees: number, ...shapes: string[]): string =>
  `<g transform="rotate(${degrees} 200 200)">${shapes.join('')}</g>`;

/** The same shapes on the other side of the middle. */
const mirrored = (...shapes: string[]): string =>
  `<g transform="matrix(-1 0 0 1 400 0)">${shapes.join('')}</g>`;

/** Both sides of something symmetrical. */
export const bothSides = (...shapes: string[]): string => shapes.join('') + mirrored(...shapes);

/** What the thing throws on the ground. */
export const shadow = (rx: number, cx = 200, cy = 348): string => ellipse('k', cx, cy, rx, 11);

/** `count` copies, each made from its number. */
export const each = (count: number, draw: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => draw(n)).join('');

/** The shop's mark, a line with three stations, as a label bears it: `width` wide, centred on x, y. */
export const mark = (paint: Paint, x: number, y: number, width: number): string =>
  stroke(paint, width / 16, `M${x - width / 2} ${y} h${width}`) +
  each(3, (n) => circle(paint, x + ((n - 1) * width) / 2.6, y, width / 9));

/** A drawing by the slug of its item. */
export type Drawings = Readonly<Record<string, string>>;
