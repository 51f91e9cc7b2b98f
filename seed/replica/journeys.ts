// The journeys of the replica's users. A journey is a show and what followed it. The published counts give the number of
// each kind; journeys are drawn without replacement, so that the counts come out exactly.

import { DEVICES, type Device, TITLES, type Title } from '../../src/events/event.ts';
import { type Random, randomBelow } from '../../src/runtime/seeded-random.ts';
import { CELLS, FILE_PRODUCTS, type FileProduct } from '../published.ts';

/** Kinds of journeys. On desktop there are more orders than clicks, so some orders follow a mere show. */
const KINDS = [
  ['banner_show'],
  ['banner_show', 'banner_click'],
  ['banner_show', 'banner_click', 'order'],
  ['banner_show', 'order'],
] as const satisfies Title[][];

export type Journey = { readonly product: FileProduct; readonly titles: readonly Title[] };

/** Share of clicks that lead to an order, where there are as many orders: a guess, as the dataset doesn't say. */
const ORDERED_AFTER_CLICK = 0.6;

/**
 * How many journeys of each kind give these counts: nothing after the show, a click, a click and an order, an order
 * alone.
 * @throws {RangeError} where there are fewer shows than such journeys
 */
export function countKinds(shows: number, clicks: number, orders: number): readonly number[] {
  const wanted = Math.round(ORDERED_AFTER_CLICK * Math.min(clicks, orders));
  const both = Math.max(wanted, clicks + orders - shows);
  const kinds = [shows - clicks - orders + both, clicks - both, both, orders - both];
  if (kinds.some((count) => count < 0)) {
    throw new RangeError(`received ${shows} shows, ${clicks} clicks, ${orders} orders, expected more shows`);
  }
  return kinds;
}

/** The remaining journeys of one device. */
class Urn {
  readonly #journeys: readonly Journey[];
  readonly #left: number[];
  left: number;

  constructor(device: Device, cellCounts: readonly number[]) {
    const countOf = (product: FileProduct, title: Title) =>
      cellCounts[
        CELLS.findIndex((cell) => cell.product === product && cell.device === device && cell.title === title)
      ] ?? 0;
    this.#journeys = FILE_PRODUCTS.flatMap((product) => KINDS.map((titles) => ({ product, titles })));
    this.#left = FILE_PRODUCTS.flatMap((product) => {
      const [shows = 0, clicks = 0, orders = 0] = TITLES.map((title) => countOf(product, title));
      return countKinds(shows, clicks, orders);
    });
    this.left = this.#left.reduce((sum, count) => sum + count, 0);
  }

  /** Draws one. The urn must not be empty. */
  draw(random: Random): Journey {
    let ticket = randomBelow(random, this.left);
    for (const [index, journey] of this.#journeys.entries()) {
      const count = this.#left[index] ?? 0;
      if (ticket < count) {
        this.#left[index] = count - 1;
        this.left--;
        return journey;
      }
      ticket -= count;
    }
    throw new RangeError('received an empty urn, expected one with journeys left');
  }
}

export type Urns = Readonly<Record<Device, Urn>>;

/** @param cellCounts how many rows each of CELLS gets */
export function fillUrns(cellCounts: readonly number[]): Urns {
  const [desktop, mobile] = DEVICES.map((device) => new Urn(device, cellCounts));
  if (desktop === undefined || mobile === undefined) throw new RangeError('expected two devices');
  return { desktop, mobile };
}

/** Number of journeys that are left on all devices. */
export const leftIn = (urns: Urns): number => urns.desktop.left + urns.mobile.left;

/** A device, in proportion to the journeys that are left on it; never one whose urn is empty. */
export function drawDevice(random: Random, urns: Urns): Device {
  return randomBelow(random, leftIn(urns)) < urns.desktop.left ? 'desktop' : 'mobile';
}
