import { describe, expect, it } from 'vitest';
import { storedAddress, storedReferrer } from '../../src/enrichment/privacy.ts';

describe('an address', () => {
  it.each([
    ['203.0.113.77', 'full', '203.0.113.77'],
    ['203.0.113.77', 'truncated', '203.0.113.0'],
    ['::ffff:203.0.113.77', 'truncated', '203.0.113.0'],
    ['203.0.113.77', 'none', undefined],
    ['2001:db8:1:2:3:4:5:6', 'full', '2001:db8:1:2:3:4:5:6'],
    ['2001:db8:1:2:3:4:5:6', 'truncated', '2001:db8:1::'],
    ['::1', 'truncated', '::'],
    ['2001:db8::1', 'none', undefined],
  ] as const)('%s is stored as STORE_IP=%s has it: %s', (address, storage, stored) => {
    expect(storedAddress(address, storage)).toBe(stored);
  });
});

describe('a referrer', () => {
  it.each([
    ['https://example.org/page?q=secret#there', 'https://example.org/page'],
    ['https://example.org/page#token=1', 'https://example.org/page'],
    ['https://example.org/#a?b', 'https://example.org/'],
    ['https://example.org/', 'https://example.org/'],
    ['about:blank', 'about:blank'],
  ])('%s is stored as %s', (referrer, stored) => {
    expect(storedReferrer(referrer)).toBe(stored);
  });
});
