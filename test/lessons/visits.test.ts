import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/events/parse.ts';
import { visit, visitsBefore } from '../../src/lessons/visits.ts';

describe('the visits of a lesson', () => {
  it('come in order, end before now, and have no pause near the half hour', () => {
    const now = Date.now();
    for (let n = 0; n < 50; n += 1) {
      const times = visitsBefore(now, '0'.repeat(32), 8).map(({ time }) => Date.parse(time));
      const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 60_000);
      expect(times.at(-1)).toBeLessThan(now);
      for (const gap of gaps) expect((gap >= 1 && gap < 25) || (gap >= 33 && gap < 70)).toBe(true);
    }
  });

  it('are as many as were asked for, all of one visitor, each an event that the shop takes', () => {
    const visits = visitsBefore(Date.now(), 'a'.repeat(32), 12);
    expect(new Set(visits.map(({ order_id }) => order_id)).size).toBe(12);
    for (const one of visits)
      expect(parseEvent(one)).toMatchObject({ ok: true, event: { user_id: 'a'.repeat(32) } });
    expect(visit('a'.repeat(32), 0).time).toBe('1970-01-01T00:00:00.000Z');
  });
});
