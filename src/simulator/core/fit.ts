// Probabilities of what follows a show, fitted to the 30 published counts: for each device and category nothing, a click, a
// click and an order, or an order alone (on desktop more orders are published than clicks). Personas differ in them; their
// mean, weighted by the banners that each sees, is the published probability.

import { FILE_PRODUCTS, type FileProduct, publishedCount } from '../../../seed/published.ts';
import { countKinds } from '../../../seed/replica/journeys.ts';
import { DEVICES, type Device, type Title } from '../../events/event.ts';
import { PRODUCTS, type Product } from '../../events/products.ts';
import type { Persona } from './personas.ts';

/** What follows a show. */
export const SEQUELS = ['nothing', 'click', 'click_and_order', 'order'] as const;
export type Sequel = (typeof SEQUELS)[number];

/** Shares of SEQUELS; they add up to 1. */
export type Shares = readonly [nothing: number, click: number, clickAndOrder: number, order: number];

/** A persona on a device, as a part of the crowd. */
export type Role = {
  readonly persona: Persona;
  readonly device: Device;
  /** Of all shoppers. */
  readonly share: number;
  readonly sequels: Readonly<Record<Product, Shares>>;
  /** Events that a show comes to, itself included. */
  readonly eventsPerShow: number;
  /** Mean events of a visit. */
  readonly eventsPerVisit: number;
};

const ROUNDS = 60;

/** `electronics` was published as the banner of the whole company. */
const fileProduct = (product: Product): FileProduct => (product === 'electronics' ? 'company' : product);

/** Number of the dataset's rows in a cell, by the shop's category. */
export const published = (product: Product, device: Device, title: Title): number =>
  publishedCount({ product: fileProduct(product), device, title });

const showsOf = (device: Device): number =>
  PRODUCTS.reduce((sum, product) => sum + published(product, device, 'banner_show'), 0);

if (FILE_PRODUCTS.length !== PRODUCTS.length)
  throw new RangeError('expected as many categories as published');

/** Shares of a device's banners by PRODUCTS. */
export const bannerShares = (device: Device): readonly number[] =>
  PRODUCTS.map((product) => published(product, device, 'banner_show') / showsOf(device));

/** Shares of what follows a show of a category, over all personas. */
export function publishedSequels(product: Product, device: Device): Shares {
  const count = (title: Title) => published(product, device, title);
  const shows = count('banner_show');
  const [nothing = 0, click = 0, both = 0, order = 0] = countKinds(
    shows,
    count('banner_click'),
    count('order'),
  );
  return [nothing / shows, click / shows, both / shows, order / shows];
}

/** The roles of a crowd; their shares add up to 1. */
export function fitRoles(personas: readonly Persona[]): readonly Role[] {
  if (personas.length === 1) return alone(personas);
  const odds = showsOf('mobile') / showsOf('desktop');
  let scale = odds;
  let roles: readonly Role[] = [];
  let weights = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    roles = personas.flatMap((persona) =>
      DEVICES.map((device) => roleOf(persona, device, scale, personas, weights)),
    );
    weights = new Map(
      roles.map((role) => [keyOf(role.persona, role.device), role.share / role.eventsPerShow]),
    );
    const seen = (device: Device) =>
      roles.reduce((sum, role) => sum + (role.device === device ? role.share / role.eventsPerShow : 0), 0);
    scale *= odds / (seen('mobile') / seen('desktop'));
  }
  const total = roles.reduce((sum, { share }) => sum + share, 0);
  return roles.map((role) => ({ ...role, share: role.share / total }));
}

const keyOf = (persona: Persona, device: Device) => `${persona.name} ${device}`;

/** One persona by itself keeps its affinities, on the published scale. */
function alone([persona]: readonly Persona[]): readonly Role[] {
  if (persona === undefined) return [];
  const scale = showsOf('mobile') / showsOf('desktop');
  return DEVICES.map((device) => roleOf(persona, device, scale, [], new Map()));
}

/** @param weights banners that each persona sees on each device, from the iteration before; empty at the first */
function roleOf(
  persona: Persona,
  device: Device,
  scale: number,
  personas: readonly Persona[],
  weights: ReadonlyMap<string, number>,
): Role {
  const mobile = (scale * persona.mobile) / (1 + scale * persona.mobile);
  const share = persona.share * (device === 'mobile' ? mobile : 1 - mobile);
  const weightOf = (one: Persona) => weights.get(keyOf(one, device)) ?? one.share;
  const all = personas.reduce((sum, one) => sum + weightOf(one), 0);
  const sequels = Object.fromEntries(
    PRODUCTS.map((product) => {
      const mean = personas.reduce((sum, one) => sum + weightOf(one) * one.affinity[product], 0) / (all || 1);
      return [product, scaled(publishedSequels(product, device), persona.affinity[product] / (mean || 1))];
    }),
  ) as Record<Product, Shares>;
  const [clicks, orders] = following(sequels, bannerShares(device));
  const eventsPerShow = 1 + clicks + orders;
  // Each click shows an ad, which may be clicked in turn.
  return {
    persona,
    device,
    share,
    sequels,
    eventsPerShow,
    eventsPerVisit: (persona.looks / (1 - clicks)) * eventsPerShow,
  };
}

function scaled([, click, both, order]: Shares, by: number): Shares {
  return [1 - (click + both + order) * by, click * by, both * by, order * by];
}

/** Mean clicks and orders of a show. */
function following(sequels: Readonly<Record<Product, Shares>>, shares: readonly number[]): [number, number] {
  let [clicks, orders] = [0, 0];
  for (const [index, product] of PRODUCTS.entries()) {
    const [, click, both, order] = sequels[product];
    clicks += (shares[index] ?? 0) * (click + both);
    orders += (shares[index] ?? 0) * (both + order);
  }
  return [clicks, orders];
}
