import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../../src/events/parse.ts';
import { fitRoles } from '../../../src/simulator/core/fit.ts';
import { paceOf } from '../../../src/simulator/core/pace.ts';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';
import { shoppersOf } from '../../../src/simulator/core/shopper.ts';
import { Schedule, Timeline } from '../../../src/simulator/core/timeline.ts';
import { flat } from '../../../src/simulator/core/week.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const roles = fitRoles(PERSONAS);
const PACE = paceOf(10, 2.5);

/** The first events of a few shoppers. */
const lives = shoppersOf(3, roles, 6).map((shopper) => {
  const timeline = new Timeline(shopper, PACE, flat(START), START);
  return { shopper, events: Array.from({ length: 150 }, () => timeline.take()) };
});

describe('a shopper’s timeline', () => {
  it('a shopper’s timeline has valid events of that shopper alone, none before the start, in their order', () => {
    for (const { shopper, events } of lives) {
      let before = START;
      for (const { time, event } of events) {
        expect(time).toBeGreaterThanOrEqual(before);
        before = time;
        expect(parseEvent(event)).toMatchObject({ ok: true });
        expect(event).toMatchObject({
          user_id: shopper.userId,
          site_version: shopper.role.device,
          time: new Date(time).toISOString(),
          context: { simulated: true, bot: false, received_at: new Date(time).toISOString() },
        });
      }
    }
  });

  it('a shopper’s timeline shows an ad right after each click, on a page of its own', () => {
    let clicks = 0;
    for (const { events } of lives)
      for (const [index, { time, event }] of events.slice(0, -1).entries()) {
        if (event.title !== 'banner_click') continue;
        clicks++;
        const ad = events[index + 1];
        expect(ad).toMatchObject({ time: time + 3, event: { title: 'banner_show' } });
        expect(ad?.event.page_id).not.toBe(event.page_id);
      }
    expect(clicks).toBeGreaterThan(10);
  });

  it('a shopper’s timeline clicks only on what it was shown, on that page', () => {
    for (const { events } of lives) {
      const pages = new Set<string>();
      for (const [index, { event }] of events.entries()) {
        if (event.title === 'banner_show') pages.add(event.page_id);
        // What was shown before the first of them may be clicked on.
        if (event.title === 'banner_click' && index > 5) expect(pages).toContain(event.page_id);
      }
    }
  });

  it('a shopper’s timeline keeps each shopper at the pace, however long visits turn out', () => {
    const rates = lives.map(({ events }) => {
      const last = events.at(-1)?.time ?? 0;
      return (events.length * 1000) / (last - START);
    });
    for (const rate of rates) expect(rate / PACE.perShopper).toBeCloseTo(1, 0);
    expect(rates.reduce((sum, rate) => sum + rate, 0) / rates.length / PACE.perShopper).toBeCloseTo(1, 1);
  });
});

describe('a schedule', () => {
  const schedules = () => shoppersOf(3, roles, 50).map((shopper) => new Schedule(shopper, PACE, flat(START)));

  it('a schedule has no visit before the start where the shop can’t be visited in the past', () => {
    for (const schedule of schedules()) {
      expect(schedule.next()).toBeLessThan(START);
      schedule.skipTo(START);
      expect(schedule.next()).toBeGreaterThanOrEqual(START);
      expect(schedule.next()).toBeLessThan(START + 600_000);
    }
  });

  it('a schedule begins no visit before the last one has ended, and is late for a while then', () => {
    for (const schedule of schedules()) {
      schedule.left(START + 3_600_000);
      expect(schedule.next()).toBeGreaterThanOrEqual(START + 3_600_050);
    }
  });

  it('a schedule leaves at least a twentieth of a second between two actions', () => {
    const [schedule] = schedules();
    const thinks = Array.from({ length: 2_000 }, () => schedule?.think() ?? 0);
    expect(Math.min(...thinks)).toBeGreaterThanOrEqual(50);
  });
});
