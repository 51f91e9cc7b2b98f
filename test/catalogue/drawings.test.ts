// Every item has a picture of its own, which the Content-Security-Policy lets through.

import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/catalogue/catalogue.ts';
import { art } from '../../src/catalogue/drawings.ts';

describe('art', () => {
  it.each(CATALOGUE.map((item) => [item.slug, item] as const))(
    'art draws %s, unlike any other',
    (_, item) => {
      const picture = art(item, 'card');
      expect(picture.match(/<(path|rect|circle|ellipse|text)/g)?.length).toBeGreaterThan(8);
      expect(CATALOGUE.filter((other) => art(other, 'card') === picture)).toEqual([item]);
    },
  );

  it('art needs no inline style or script, and repeats no id when it is on a page twice', () => {
    for (const item of CATALOGUE)
      expect(art(item, 'page')).not.toMatch(/ style=|<script|<style| on\w+=| id=/);
  });

  it('art names the thing where it is more than decoration, with the name escaped', () => {
    const [item] = CATALOGUE;
    if (item === undefined) throw new Error('no items');
    const odd = { ...item, name: 'A "<b>" & C' };
    expect(art(odd, 'hero')).toContain('aria-label="A &quot;&lt;b&gt;&quot; &amp; C, drawn"');
    expect(art(odd, 'card')).toContain('aria-hidden="true"');
  });

  it('art leaves an empty frame for an item that nobody has drawn yet', () => {
    const [item] = CATALOGUE;
    if (item === undefined) throw new Error('no items');
    expect(art({ ...item, slug: 'new' }, 'card')).toMatch(/^<svg [^>]*><\/svg>$/);
  });
});
