// Due times: month ends, both clock changes, and zones with odd rules, beside a search over every minute by Intl.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueTimes, nextMoment } from '../../../src/aggregator/core/due.ts';

const iso = (at: number) => new Date(at).toISOString();
const day = (zone: string, time: string, after: string) =>
  iso(nextMoment({ type: 'DAY', time, zone }, Date.parse(after)).at);
const month = (on: number | 'last', after: string, zone = 'UTC', time = '00:00') =>
  iso(nextMoment({ type: 'MONTH', day: on, time, zone }, Date.parse(after)).at);

describe('a day timeout', () => {
  it('a day timeout is due at the first such moment strictly after the first record', () => {
    expect(day('UTC', '23:59', '2024-05-01T23:58:59.999Z')).toBe('2024-05-01T23:59:00.000Z');
    expect(day('UTC', '23:59', '2024-05-01T23:59:00Z')).toBe('2024-05-02T23:59:00.000Z');
  });

  it('a day timeout keeps the offset before a skipped time, and takes the first of a doubled one', () => {
    expect(day('Europe/Berlin', '02:30', '2024-03-30T12:00:00Z')).toBe('2024-03-31T01:30:00.000Z');
    expect(day('Europe/Berlin', '02:30', '2024-10-26T12:00:00Z')).toBe('2024-10-27T00:30:00.000Z');
    expect(day('Europe/Berlin', '02:30', '2024-10-27T00:30:00Z')).toBe('2024-10-28T01:30:00.000Z');
    expect(day('Australia/Lord_Howe', '02:15', '2024-10-05T12:00:00Z')).toBe('2024-10-05T15:45:00.000Z');
  });

  it('a day timeout finds the minute that a search over all minutes of the zone finds, but for skipped times', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Apia',
    );
    const minute = fc.integer({ min: Date.UTC(2011, 0) / 60_000, max: Date.UTC(2026, 0) / 60_000 });
    fc.assert(
      fc.property(zones, minute, fc.integer({ min: 0, max: 1439 }), (zone, after, ofDay) => {
        const time = `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`;
        const { at, notes } = nextMoment({ type: 'DAY', time, zone }, after * 60_000);
        fc.pre(!notes.includes('SKIPPED'));
        const clock = new Intl.DateTimeFormat('en-GB', {
          timeZone: zone,
          hour: '2-digit',
          minute: '2-digit',
          hourCycle: 'h23',
        });
        expect(clock.format(at)).toBe(time);
        for (let look = after + 1; look < at / 60_000; look += 1) {
          if (clock.format(look * 60_000) !== time) continue;
          // An earlier minute with the same wall time is only right to pass over as the second of a doubled one.
          const sameDay = new Intl.DateTimeFormat('en-GB', { timeZone: zone }).format;
          expect(nextMoment({ type: 'DAY', time, zone }, look * 60_000 - 7_200_000).at).toBeLessThan(
            look * 60_000,
          );
          expect(sameDay(look * 60_000)).toBe(sameDay(after * 60_000));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a month timeout', () => {
  it('a month timeout uses the last day of a month without that day', () => {
    expect(month(31, '2024-01-31T00:00:00Z')).toBe('2024-02-29T00:00:00.000Z');
    expect(month(31, '2023-02-01T00:00:00Z')).toBe('2023-02-28T00:00:00.000Z');
    expect(month(30, '2024-02-29T00:00:00Z')).toBe('2024-03-30T00:00:00.000Z');
    expect(month('last', '2024-04-01T00:00:00Z')).toBe('2024-04-30T00:00:00.000Z');
    expect(month('last', '2024-12-31T00:00:00Z')).toBe('2025-01-31T00:00:00.000Z');
  });

  it('a month timeout is on the 10th in its zone, whichever day it is in UTC', () => {
    expect(month(10, '2024-03-01T00:00:00Z', 'Asia/Tokyo', '08:00')).toBe('2024-03-09T23:00:00.000Z');
  });
});

describe('due times of many sessions', () => {
  it('due times of many sessions are each those of nextMoment, in whatever order sessions begin', () => {
    const timeout = { type: 'DAY', time: '03:00', zone: 'America/New_York' } as const;
    const times = new DueTimes(timeout);
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2024, 1), max: Date.UTC(2024, 4) }), (first) => {
        expect(times.dueOf(first)).toBe(nextMoment(timeout, first).at);
      }),
    );
  });
});
