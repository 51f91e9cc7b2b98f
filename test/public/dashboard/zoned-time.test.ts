// The dashboard's date adapter, which runs in browsers: days, weeks and months of the shop's zone, also where a day has 23
// or 25 hours.

import { describe, expect, it } from 'vitest';
import { script } from '../script.ts';

type Adapter = {
  add(ms: number, amount: number, unit: string): number;
  diff(a: number, b: number, unit: string): number;
  startOf(ms: number, unit: string): number;
  endOf(ms: number, unit: string): number;
  format(ms: number, name: string): string;
  midnight(isoDay: string): number;
};
const { ticksFor, zonedTime } = await script<{
  ticksFor(days: number, resolution: string): { readonly unit: string; readonly stepSize?: number };
  zonedTime(timeZone: string): Adapter;
}>('dashboard/zoned-time.js');

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number) => new Date(ms).toISOString();

/** Every zone, but one of those whose clocks show the same at each hour of these years. */
function differentZones(years: readonly number[]): Iterable<string> {
  const HOUR = 3_600_000;
  // No zone changes its clocks twice within so few days.
  const WEEK = 7 * 24 * HOUR;
  const zones = new Map<string, string>();
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
    const offsetAt = (time: number) => format.format(time).split(' ').at(-1);
    const changes: unknown[] = [];
    for (const year of years) {
      let before = offsetAt(Date.UTC(year - 1, 11, 31));
      changes.push(before);
      for (let from = Date.UTC(year - 1, 11, 31); from < Date.UTC(year + 1, 0, 2); from += WEEK) {
        const offset = offsetAt(from + WEEK);
        if (offset === before) continue;
        let [low, high] = [from, from + WEEK];
        while (high - low > HOUR) {
          const middle = low + HOUR * Math.floor((high - low) / HOUR / 2);
          if (offsetAt(middle) === before) low = middle;
          else high = middle;
        }
        changes.push(high, offset);
        before = offset;
      }
    }
    zones.set(JSON.stringify(changes), zone);
  }
  return zones.values();
}

describe('zonedTime', () => {
  const berlin = zonedTime('Europe/Berlin');

  it.each([
    ['hour', '2026-11-22T14:37:12.345Z', '2026-11-22T14:00:00.000Z'],
    ['day', '2026-11-22T23:30:00.000Z', '2026-11-22T23:00:00.000Z'],
    ['week', '2026-11-22T12:00:00.000Z', '2026-11-15T23:00:00.000Z'],
    ['month', '2026-07-31T22:30:00.000Z', '2026-07-31T22:00:00.000Z'],
    ['quarter', '2026-05-01T12:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    ['year', '2026-12-31T23:30:00.000Z', '2026-12-31T23:00:00.000Z'],
  ])('a %s begins where the wall clock of the zone says', (unit, given, expected) => {
    expect(iso(berlin.startOf(at(given), unit))).toBe(expected);
  });

  it('a day is added by the calendar, not as 24 hours, over a change of clocks', () => {
    expect(iso(berlin.add(at('2026-03-28T23:00:00.000Z'), 1, 'day'))).toBe('2026-03-29T22:00:00.000Z');
    expect(iso(berlin.add(at('2026-10-24T22:00:00.000Z'), 1, 'day'))).toBe('2026-10-25T23:00:00.000Z');
    expect(iso(berlin.endOf(at('2026-10-25T12:00:00.000Z'), 'day'))).toBe('2026-10-25T22:59:59.999Z');
  });

  it('hours move forward through both changes of clocks', () => {
    for (const day of ['2026-03-29', '2026-10-25']) {
      let now = berlin.midnight(day);
      for (let n = 0; n < 30; n += 1) {
        const next = berlin.add(now, 1, 'hour');
        expect(next - now).toBe(3_600_000);
        now = next;
      }
    }
  });

  it('months are added by the calendar', () => {
    expect(iso(berlin.add(at('2026-01-31T23:00:00.000Z'), 1, 'month'))).toBe('2026-02-28T23:00:00.000Z');
    expect(berlin.diff(at('2026-02-28T23:00:00.000Z'), at('2026-01-01T00:00:00.000Z'), 'month')).toBe(1);
  });

  it('hours and days begin right in zones that are half an hour off, and in UTC', () => {
    expect(iso(zonedTime('Asia/Kolkata').midnight('2026-11-22'))).toBe('2026-11-21T18:30:00.000Z');
    expect(iso(zonedTime('Asia/Kolkata').startOf(at('2026-11-22T10:10:00.000Z'), 'hour'))).toBe(
      '2026-11-22T09:30:00.000Z',
    );
    expect(iso(zonedTime('UTC').midnight('2026-11-22'))).toBe('2026-11-22T00:00:00.000Z');
  });

  it.each([
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z', '01:00'],
    ['America/Havana', '2026-03-08', '2026-03-08T05:00:00.000Z', '01:00'],
    ['America/Asuncion', '2023-10-01', '2023-10-01T04:00:00.000Z', '01:00'],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z', '01:00'],
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00.000Z', '01:00'],
    // Midnight comes twice: the day begins with the first.
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z', '00:00'],
    ['Atlantic/Azores', '2026-10-25', '2026-10-25T00:00:00.000Z', '00:00'],
    // The hour before midnight comes twice.
    ['America/Santiago', '2026-04-05', '2026-04-05T04:00:00.000Z', '00:00'],
  ])('a day begins at its first instant, and is named by its own date: %s, %s', (zone, day, first, clock) => {
    const adapter = zonedTime(zone);
    const begin = adapter.midnight(day);
    expect(iso(begin)).toBe(first);
    const name = new Date(`${day}T12:00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
    expect(adapter.format(begin, 'day')).toBe(name);
    expect(adapter.format(begin, 'hour')).toBe(clock);
    expect(adapter.format(begin - 1, 'day')).not.toBe(name);
    expect(adapter.startOf(begin + 40_000_000, 'day')).toBe(begin);
  });

  it('every day of some years is named by its own date, in every zone', { timeout: 180_000 }, () => {
    for (const zone of differentZones([2019, 2026])) {
      const adapter = zonedTime(zone);
      for (const year of [2019, 2026]) {
        for (let n = 0; n < 365; n += 1) {
          const noon = Date.UTC(year, 0, 1 + n, 12);
          const wrong = adapter.format(adapter.midnight(iso(noon).slice(0, 10)), 'day');
          if (wrong !== String(new Date(noon).getUTCDate()) + wrong.slice(wrong.indexOf(' ')))
            throw new Error(`${zone}: ${iso(noon)} is named ${wrong}`);
        }
      }
    }
  });

  it('times are written as the zone’s wall clock shows them', () => {
    const moment = at('2026-11-22T23:05:00.000Z');
    expect(berlin.format(moment, 'hour')).toBe('00:05');
    expect(berlin.format(moment, 'day')).toBe('23 Nov');
    expect(berlin.format(moment, 'fullDay')).toBe('Mon, 23 Nov 2026');
  });
});

it.each([
  [1, 'minute', 'hour'],
  [2, 'hour', 'hour'],
  [2, 'day', 'day'],
  [16, 'hour', 'day'],
  [65, 'day', 'week'],
  [400, 'day', 'month'],
  [1_500, 'week', 'quarter'],
  [1_501, 'week', 'year'],
])('an axis of %d days by the %s has a tick each %s', (days, resolution, unit) => {
  expect(ticksFor(days, resolution).unit).toBe(unit);
});
