// The latest visitors, with the country of their address. The panel is public, so the address is truncated, also where another program
// has sent a whole one or STORE_IP=full stores it.

import { z } from 'zod';
import type { Country } from '../../enrichment/country.ts';
import { storedAddress } from '../../enrichment/privacy.ts';
import { LATEST_VISITORS } from '../live/windows.ts';
import { OPEN_SHOP, panel } from './panel.ts';

const countryText = (country: Country): string =>
  country.code === null ? `Unknown (${country.reason})` : country.name;

export const latest = panel({
  title: 'Latest visitors',
  unit: 'The last ten of the last 10 minutes, each once',
  of: 'events',
  width: 'third',
  begin: OPEN_SHOP,
  columns: ['user_id', 'time', 'ip', 'country', 'simulated'],
  rows: z
    .array(
      z.object({
        user_id: z.string().describe('32 lower-case hex digits'),
        time: z.iso.datetime(),
        ip: z.string().nullable().describe('IPv4 without its last byte, IPv6 up to its /48'),
        country: z.string(),
        simulated: z.boolean().describe('whether it is one of the shop’s made-up shoppers'),
      }),
    )
    .describe('the latest ten visitors of the last 10 minutes'),
  read: ({ windows, countries }) =>
    windows.present.slice(0, LATEST_VISITORS).map((event) => ({
      user_id: event.userId,
      time: new Date(event.timeMs).toISOString(),
      ip: event.ip === undefined ? null : (storedAddress(event.ip, 'truncated') ?? null),
      country: countryText(countries.of(event.ip)),
      simulated: event.simulated,
    })),
  hasPartial: true,
});
