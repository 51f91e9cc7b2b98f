import { expect, it } from 'vitest';
import { localPath } from '../../src/site/local-path.ts';

it.each([
  '/',
  '/dashboard?from=2026-01-01&to=2026-02-01',
  '/events/rejected#top',
  '/a/../b',
  '/@example.org',
])('a path of this site is led back to: %s', (path) => {
  expect(localPath(path, '/else')).toBe(path);
  expect(new URL(path, 'http://shop.test').host).toBe('shop.test');
});

it.each([
  'https://example.org/',
  '//example.org',
  '/\\example.org',
  '\\\\example.org',
  '/\t/example.org',
  '/a\nb',
  '/a\\b',
  'javascript:alert(1)',
  'dashboard',
  '',
  undefined,
  ['/dashboard'],
])('anything else is not: %j', (given) => {
  expect(localPath(given, '/else')).toBe('/else');
});
