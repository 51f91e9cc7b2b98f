// The picture of each item as SVG markup for the views, composed of shapes. Only the item's name comes from outside, and it
// is escaped; colours are CSS classes (public/css/art.css). A card's picture is decoration beside the item's name; the
// others bear the name themselves.

import type { Product } from '../events/products.ts';
import type { CatalogueItem } from './catalogue.ts';
import { accessories } from './drawings/accessories.ts';
import { clothes } from './drawings/clothes.ts';
import { electronics } from './drawings/electronics.ts';
import type { Drawings } from './drawings/shapes.ts';
import { sneakers } from './drawings/sneakers.ts';
import { sportsNutrition } from './drawings/sports-nutrition.ts';

export type Variant = 'card' | 'hero' | 'page';

const DRAWINGS: Readonly<Record<Product, Drawings>> = {
  accessories,
  clothes,
  electronics,
  sneakers,
  sports_nutrition: sportsNutrition,
};

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** SVG markup of the item's picture; an item without a drawing gets an empty frame of the same size. */
export function art(item: CatalogueItem, variant: Variant): string {
  const drawing = DRAWINGS[item.product][item.slug] ?? '';
  const classes = `class="art art-${variant} of-${item.product}"`;
  if (variant === 'card') {
    return `<svg ${classes} viewBox="0 0 400 400" aria-hidden="true" focusable="false">${drawing}</svg>`;
  }
  const name = escapeXml(item.name);
  const halo = `<circle class="halo" cx="240" cy="240" r="${variant === 'hero' ? 212 : 220}"/>`;
  const thing = `<g transform="translate(40 44)">${drawing}</g>`;
  return `<svg ${classes} viewBox="0 0 480 480" role="img" aria-label="${name}, drawn"><title>${name}</title>${halo}${thing}</svg>`;
}
