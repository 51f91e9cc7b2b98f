import { expect, it } from 'vitest';
import { isProduct, PRODUCTS } from '../../src/events/products.ts';

it('a category is known by its exact name alone', () => {
  expect(PRODUCTS.every(isProduct)).toBe(true);
  for (const value of ['Clothes', 'clothes ', '', 'constructor', ['clothes'], 0, null, undefined])
    expect([value, isProduct(value)]).toEqual([value, false]);
});
