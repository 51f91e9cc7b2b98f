import { expect, it } from 'vitest';
import { script } from './script.ts';

type Counts = Readonly<Record<string, number>>;
const { matching, newsOf, totalOf } = await script<{
  matching(counts: Counts, code: string | null): number;
  newsOf(more: number): string;
  totalOf(counts: Counts): number;
}>('dead-letter-counts.js');

it('a page of all rejected messages counts those of every code, a page of one code those of it', () => {
  const counts = { not_json: 3, not_an_event: 4 };
  expect(totalOf(counts)).toBe(7);
  expect(matching(counts, null)).toBe(7);
  expect(matching(counts, 'not_json')).toBe(3);
  expect(matching(counts, 'too_old')).toBe(0);
});

it('new messages are counted unless as many have gone meanwhile', () => {
  expect(newsOf(1_234)).toBe('1,234 new. ');
  expect([newsOf(0), newsOf(-2)]).toEqual(['There are new ones. ', 'There are new ones. ']);
});
