// The five product categories of the dataset. Everything that enumerates categories (schema, Postgres enum,
// catalogue, colours of the charts) follows this list.

export const PRODUCTS = ['accessories', 'clothes', 'electronics', 'sneakers', 'sports_nutrition'] as const;
export type Product = (typeof PRODUCTS)[number];

/** True where `value` names one of the five categories. */
export function isProduct(value: unknown): value is Product {
  return (PRODUCTS as readonly unknown[]).includes(value);
}
