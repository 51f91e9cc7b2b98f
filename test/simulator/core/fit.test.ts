import { describe, expect, it } from 'vitest';
import { DEVICES, type Device } from '../../../src/events/event.ts';
import { PRODUCTS } from '../../../src/events/products.ts';
import { bannerShares, fitRoles, published, type Role } from '../../../src/simulator/core/fit.ts';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';

const roles = fitRoles(PERSONAS);
/** Banners that a role sees, of all. */
const shows = ({ share, eventsPerShow }: Role) => share / eventsPerShow;
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

describe('all kinds of shoppers together', () => {
  const of = (device: Device) => roles.filter((role) => role.device === device);
  const publishedShows = (device: Device) =>
    sum(PRODUCTS.map((product) => published(product, device, 'banner_show')));

  it('all kinds of shoppers together see banners on each device as published', () => {
    expect(sum(of('mobile').map(shows)) / sum(of('desktop').map(shows))).toBeCloseTo(
      publishedShows('mobile') / publishedShows('desktop'),
      9,
    );
  });

  it.each(DEVICES.flatMap((device) => PRODUCTS.map((product) => [device, product] as const)))(
    'click and order on %s, for %s, as published',
    (device, product) => {
      const here = of(device);
      const mean = (sequels: readonly number[]) =>
        sum(
          here.map((role) => shows(role) * sum(sequels.map((sequel) => role.sequels[product][sequel] ?? 0))),
        ) / sum(here.map(shows));
      const seen = published(product, device, 'banner_show');
      expect(mean([1, 2])).toBeCloseTo(published(product, device, 'banner_click') / seen, 9);
      expect(mean([2, 3])).toBeCloseTo(published(product, device, 'order') / seen, 9);
      expect(bannerShares(device)[PRODUCTS.indexOf(product)]).toBeCloseTo(seen / publishedShows(device), 9);
    },
  );

  it('all kinds of shoppers together have shares that add up, and no probability that is none', () => {
    expect(sum(roles.map(({ share }) => share))).toBeCloseTo(1, 9);
    for (const { sequels } of roles)
      for (const shares of Object.values(sequels)) {
        expect(sum(shares)).toBeCloseTo(1, 9);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
      }
  });
});
