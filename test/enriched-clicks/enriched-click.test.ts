// A click with what is known of it, and with nothing that isn't.

import { describe, expect, it } from 'vitest';
import { enrich, type StoredClick } from '../../src/enriched-clicks/enriched-click.ts';
import { type Countries, openCountries } from '../../src/enrichment/country.ts';
import type { EventContext } from '../../src/events/event.ts';

const countries: Countries = openCountries();
const PHONE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36';
const MACINTOSH =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15';
const CLICK: StoredClick = {
  order_id: 'a'.repeat(32),
  user_id: 'b'.repeat(32),
  product: 'clothes',
  time_ms: Date.UTC(2026, 2, 10, 12),
  appended_ms: Date.UTC(2026, 2, 10, 12, 0, 1),
  robot: false,
  context: null,
  told: null,
};
const of = (context: EventContext, changes: Partial<StoredClick> = {}) =>
  enrich({ ...CLICK, context, ...changes }, countries);

describe('an enriched click', () => {
  it('an enriched click of which nothing is known says so in each column', () => {
    expect(enrich(CLICK, countries)).toEqual({
      timestamp: CLICK.appended_ms,
      original_timestamp: CLICK.time_ms,
      userId: CLICK.user_id,
      ip: null,
      userAgent: null,
      productId: 'Unknown',
      category: 'clothes',
      title: 'Unknown',
      gender: 'Unknown',
      country: 'Unknown',
      deviceType: 'other',
      age: null,
      birthdate: null,
      datetime: '2026-03-10T12:00:01.000Z',
    });
    expect(of({})).toEqual(enrich(CLICK, countries));
  });

  it('an enriched click has the item’s name, the person, the country and the device', () => {
    const context = {
      item: 'fjord-jumper',
      ip: '8.8.8.0',
      user_agent: PHONE,
      gender: 'F',
      birthdate: '1990-03-11',
    } as const;
    expect(of(context)).toMatchObject({
      productId: 'fjord-jumper',
      title: 'Fjord Jumper',
      ip: '8.8.8.0',
      country: 'United States',
      userAgent: PHONE,
      deviceType: 'mobile',
      gender: 'F',
      age: 35,
      birthdate: '1990-03-11',
    });
  });

  it('an enriched click keeps the id of an item that the shop does not sell, and a gender that nobody told is unknown', () => {
    expect(of({ item: 'umbrella', gender: 'U' })).toMatchObject({
      productId: 'umbrella',
      title: 'Unknown',
      gender: 'Unknown',
    });
  });

  it.each([
    [
      'as its page has told since, where it says Macintosh',
      { user_agent: MACINTOSH },
      'tablet',
      false,
      'tablet',
    ],
    [
      'as the event itself says, whatever the page has told',
      { user_agent: MACINTOSH, device_type: 'mobile' },
      'tablet',
      false,
      'mobile',
    ],
    ['as its user agent says', { user_agent: MACINTOSH }, null, false, 'desktop'],
    ['none, where it is a robot', { user_agent: PHONE, device_type: 'tablet' }, 'tablet', true, 'other'],
  ] as const)('an enriched click has a device %s', (_, context, told, robot, device) => {
    expect(of(context, { told, robot }).deviceType).toBe(device);
  });
});
