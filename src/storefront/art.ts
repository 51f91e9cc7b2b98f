import type { CatalogueItem } from '../events/catalogue.ts';

export function art(item: CatalogueItem, _variant: 'card' | 'hero' | 'page'): string {
  return `<svg role="img" aria-label="${item.name}" viewBox="0 0 1 1"></svg>`;
}
