import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { noCountries, openCountries } from '../../src/enrichment/country.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const countries = openCountries();

it.each([
  ['8.8.8.0', 'US', 'United States'],
  ['193.0.6.0', 'NL', 'Netherlands'],
  ['2001:67c:2e8::', 'NL', 'Netherlands'],
  ['::ffff:8.8.8.0', 'US', 'United States'],
])('%s, cut as it is stored, is in %s', (address, code, name) => {
  expect(countries.of(address)).toEqual({ code, name });
});

it.each([
  [undefined, 'no address'],
  ['nonsense', 'no address'],
  ['10.1.2.0', 'private address'],
  ['192.168.0.0', 'private address'],
  ['127.0.0.0', 'private address'],
  ['fe80::', 'private address'],
  ['100.64.0.0', 'private address'],
])('%s is unknown: %s', (address, reason) => {
  expect(countries.of(address)).toEqual({ code: null, name: 'Unknown', reason });
});

it('the package’s countries say whose data they are, those of a file of one’s own nothing', () => {
  expect(countries.attribution).toContain('CC BY 4.0');
  expect(noCountries.of('8.8.8.8')).toMatchObject({ reason: 'no file' });
});

it('a file that has another format is refused', () => {
  const file = path.join(temporaryFolder(), 'no.mmdb');
  writeFileSync(file, 'no mmdb');
  expect(() => openCountries(file)).toThrow(
    /^COUNTRY_FILE: received .*no\.mmdb, expected a file in MaxMind's format/,
  );
  expect(() => openCountries('/no/file')).toThrow(/COUNTRY_FILE.*ENOENT/);
});
