// Address → country, from a file in MaxMind's format: @ip-location-db/geo-whois-asn-country-mmdb (CC BY 4.0, by NRO and the
// regional registries, shown beside the countries), or the file of COUNTRY_FILE. An unknown country says why it is.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ipaddr from 'ipaddr.js';
import { Reader, type Response } from 'maxmind';
import { messageOf } from '../runtime/errors.ts';

const UNKNOWN_REASONS = ['no address', 'private address', 'not listed', 'no file'] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

/** `code` is ISO 3166-1's two letters, `name` English. */
export type Country =
  | { readonly code: string; readonly name: string }
  | { readonly code: null; readonly name: 'Unknown'; readonly reason: UnknownReason };

export type Countries = {
  /** Whose data it is, to be shown where countries are; undefined for a file of one's own. */
  readonly attribution: string | undefined;
  of(address: string | undefined): Country;
};

const ATTRIBUTION = 'Countries: Geo-Whois-ASN by NRO, CC BY 4.0';
/** Routed nowhere: a country would be a guess. */
const PUBLIC = 'unicast';

const unknown = (reason: UnknownReason): Country => ({ code: null, name: 'Unknown', reason });

/**
 * Opens the file.
 * @param file undefined: that of the package
 * @throws where a file that was named can't be read, or has another format
 */
export function openCountries(file?: string): Countries {
  const reader = openReader(file);
  const names = new Intl.DisplayNames('en', { type: 'region' });
  const of = (address: string | undefined): Country => {
    if (address === undefined || !ipaddr.isValid(address)) return unknown('no address');
    const parsed = ipaddr.process(address);
    if (parsed.range() !== PUBLIC) return unknown('private address');
    const found = reader.get(parsed.toString());
    const code = found?.country_code ?? found?.country?.iso_code;
    return code === undefined || !/^[A-Z]{2}$/.test(code)
      ? unknown('not listed')
      : { code, name: names.of(code) ?? code };
  };
  return { attribution: file === undefined ? ATTRIBUTION : undefined, of };
}

type Found = Response & {
  readonly country_code?: string;
  readonly country?: { readonly iso_code?: string };
};

function openReader(file: string | undefined): Reader<Found> {
  try {
    return new Reader<Found>(readFileSync(file ?? packageFile()));
  } catch (error) {
    const reason = messageOf(error);
    throw new Error(
      `COUNTRY_FILE: received ${file ?? 'none'}, expected a file in MaxMind's format (${reason})`,
      { cause: error },
    );
  }
}

/** For a shop that goes on without countries. */
export const noCountries: Countries = {
  attribution: undefined,
  of: (address) => unknown(address === undefined ? 'no address' : 'no file'),
};

const packageFile = () =>
  createRequire(import.meta.url).resolve(
    '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
  );
