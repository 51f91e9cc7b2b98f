// The kinds of events: each product, title and device, of people and of robots. Rows and rollups bear labels that only the kind decides, so what
// is made of them is made once for each kind, not for each event.

import { DEVICES, type Device, TITLES, type Title } from '../events/event.ts';
import { PRODUCTS, type Product } from '../events/products.ts';

export type Kind = {
  /** Its place in KINDS. */
  readonly index: number;
  readonly product: Product;
  readonly title: Title;
  readonly device: Device;
  readonly robot: boolean;
};

/** All kinds there are. */
export const KINDS: readonly Kind[] = PRODUCTS.flatMap((product) =>
  TITLES.flatMap((title) =>
    DEVICES.flatMap((device) => [false, true].map((robot) => ({ product, title, device, robot }))),
  ),
).map((kind, index) => ({ index, ...kind }));

/** People, robots. */
const SIDES = 2;
const PLACES = new Map<string, number>([
  ...DEVICES.map((device, index) => [device, index * SIDES] as const),
  ...TITLES.map((title, index) => [title, index * SIDES * DEVICES.length] as const),
  ...PRODUCTS.map((product, index) => [product, index * SIDES * DEVICES.length * TITLES.length] as const),
]);
const placeOf = (label: string) => PLACES.get(label) ?? Number.NaN;

/** The kind with these labels. */
export function kindOf(product: Product, title: Title, device: Device, robot: boolean): Kind {
  return KINDS[placeOf(product) + placeOf(title) + placeOf(device) + Number(robot)] as Kind;
}
