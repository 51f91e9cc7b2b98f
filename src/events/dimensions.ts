// The dimensions of rows and rollups: product, title and device, people or robots, real or simulated. Few combinations exist, so what
// is derived from them is made once for each combination, not for each event.

import { DEVICES, type Device, TITLES, type Title } from './event.ts';
import { PRODUCTS, type Product } from './products.ts';

export type Dimensions = {
  /** Its place in DIMENSIONS. */
  readonly index: number;
  readonly product: Product;
  readonly title: Title;
  readonly device: Device;
  readonly robot: boolean;
  readonly simulated: boolean;
};

/** People and robots, each real and simulated. */
const SIDES = [
  { robot: false, simulated: false },
  { robot: false, simulated: true },
  { robot: true, simulated: false },
  { robot: true, simulated: true },
] as const;
const sideOf = (robot: boolean, simulated: boolean) => 2 * Number(robot) + Number(simulated);

/** All combinations there are. */
export const DIMENSIONS: readonly Dimensions[] = PRODUCTS.flatMap((product) =>
  TITLES.flatMap((title) =>
    DEVICES.flatMap((device) => SIDES.map((side) => ({ product, title, device, ...side }))),
  ),
).map((dimensions, index) => ({ index, ...dimensions }));

const PLACES = new Map<string, number>([
  ...DEVICES.map((device, index) => [device, index * SIDES.length] as const),
  ...TITLES.map((title, index) => [title, index * SIDES.length * DEVICES.length] as const),
  ...PRODUCTS.map(
    (product, index) => [product, index * SIDES.length * DEVICES.length * TITLES.length] as const,
  ),
]);
const placeOf = (label: string) => PLACES.get(label) ?? Number.NaN;

/** The one entry of DIMENSIONS with these labels. */
export function dimensionsOf(
  product: Product,
  title: Title,
  device: Device,
  robot: boolean,
  simulated: boolean,
): Dimensions {
  const place = placeOf(product) + placeOf(title) + placeOf(device) + sideOf(robot, simulated);
  return DIMENSIONS[place] as Dimensions;
}
