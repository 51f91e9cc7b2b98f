import { expect, it } from 'vitest';
import { CATALOGUE, CATEGORY_NAMES, findItem, itemsOf } from '../../src/catalogue/catalogue.ts';
import { PRODUCTS } from '../../src/events/products.ts';

it('the catalogue has at least four items in each category, each with a slug of its own', () => {
  for (const product of PRODUCTS) expect(itemsOf(product).length, product).toBeGreaterThanOrEqual(4);
  expect(new Set(CATALOGUE.map((item) => item.slug)).size).toBe(CATALOGUE.length);
});

it('findItem and itemsOf find every item by its slug and in its category, and nothing that it does not sell', () => {
  for (const item of CATALOGUE) {
    expect(findItem(item.slug)).toBe(item);
    expect(itemsOf(item.product)).toContain(item);
  }
  expect(PRODUCTS.flatMap((product) => itemsOf(product))).toHaveLength(CATALOGUE.length);
  for (const slug of ['', 'flying-carpet', 'constructor']) expect(findItem(slug)).toBeUndefined();
});

it('the catalogue has slugs that an address and an event can bear, and prices in whole cents', () => {
  for (const { slug, price } of CATALOGUE) {
    expect(slug).toMatch(/^[a-z0-9-]{1,64}$/);
    expect(Number.isSafeInteger(price) && price > 0).toBe(true);
  }
});

it('the catalogue says of each item what a page shows: a name, a line, sentences, and details that differ', () => {
  expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length);
  for (const { slug, name, line, description, details } of CATALOGUE) {
    for (const text of [name, line, description, ...details.flat()]) {
      expect(text, slug).toBe(text.trim());
      expect(text, slug).not.toBe('');
    }
    expect(line.length, slug).toBeLessThanOrEqual(60);
    expect(description, slug).toMatch(/[.!]$/);
    expect(new Set(details.map(([label]) => label)).size, slug).toBe(details.length);
    expect(details.length, slug).toBeGreaterThanOrEqual(3);
  }
});

it('the catalogue names each category as a page does', () => {
  expect(PRODUCTS.map((product) => CATEGORY_NAMES[product])).toEqual([
    'Accessories',
    'Clothes',
    'Electronics',
    'Sneakers',
    'Sports nutrition',
  ]);
});
