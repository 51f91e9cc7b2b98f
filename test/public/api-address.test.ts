import { expect, it } from 'vitest';
import { script } from './script.ts';

const { addressOf } = await script<{
  addressOf(path: string, values: Iterable<readonly [string, string]>): string;
}>('api-address.js');

it('parameters of a path are filled in as text, the others are its query, and empty ones are left out', () => {
  expect(
    addressOf('/api/topics/{topic}/{offset}', [
      ['offset', '7'],
      ['count', 'a & b'],
      ['topic', '../x/{offset}?$&'],
      ['format', ''],
    ]),
  ).toBe('/api/topics/..%2Fx%2F%7Boffset%7D%3F%24%26/7?count=a+%26+b');
});

it('an address without parameters is its path alone', () => {
  expect(addressOf('/api/health', [])).toBe('/api/health');
  expect(addressOf('/api/health', [['format', '']])).toBe('/api/health');
});
