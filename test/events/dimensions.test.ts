import { expect, it } from 'vitest';
import { DIMENSIONS, dimensionsOf } from '../../src/events/dimensions.ts';
import { DEVICES, TITLES } from '../../src/events/event.ts';
import { PRODUCTS } from '../../src/events/products.ts';

it('each combination of labels is listed once, and found again by them', () => {
  const found = PRODUCTS.flatMap((product) =>
    TITLES.flatMap((title) =>
      DEVICES.flatMap((device) =>
        [false, true].flatMap((robot) =>
          [false, true].map((simulated) => {
            const dimensions = dimensionsOf(product, title, device, robot, simulated);
            expect(dimensions).toMatchObject({ product, title, device, robot, simulated });
            return dimensions;
          }),
        ),
      ),
    ),
  );
  expect(new Set(found)).toEqual(new Set(DIMENSIONS));
  expect(found).toHaveLength(DIMENSIONS.length);
});

it('an entry bears its place in the list, by which counts are kept in arrays', () => {
  expect(DIMENSIONS.map(({ index }) => index)).toEqual([...DIMENSIONS.keys()]);
});
