// What rows and rollups are told apart by: product, title and device, people or robots. Few combinations exist, so what is made of
// them is made once for each combination, not for each event.

import { DEVICES, type Device, TITLES, type Title } from './event.ts';
import { PRODUCTS, type Product } from './products.ts';

export type Dimensions = {
  /** Its place in DIMENSIONS. */
  readonly index: number;
  readonly product: Product;
  readonly title: Title;
  readonly device: Device;
  readonly robot: boolean;
};

/** All combinations there are. */
export const DIMENSIONS: readonly Dimensions[] = PRODUCTS.flatMap((product) =>
  TITLES.flatMap((title) =>
    DEVICES.flatMap((device) => [false, true].map((robot) => ({ product, title, device, robot }))),
  ),
).map((dimensions, index) => ({ index, ...dimensions }));

/** People, robots. */
const SIDES = 2;
const PLACES = new Map<string, number>([
  ...DEVICES.map((device, index) => [device, index * SIDES] as const),
  ...TITLES.map((title, index) => [title, index * SIDES * DEVICES.length] as const),
  ...PRODUCTS.map((product, index) => [product, index * SIDES * DEVICES.length * TITLES.length] as const),
]);
const placeOf = (label: string) => PLACES.get(label) ?? Number.NaN;

/** The one entry of DIMENSIONS with these labels. */
export function dimensionsOf(product: Product, title: Title, device: Device, robot: boolean): Dimensions {
  return DIMENSIONS[placeOf(product) + placeOf(title) + placeOf(device) + Number(robot)] as Dimensions;
}
