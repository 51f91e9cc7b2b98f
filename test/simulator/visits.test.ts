import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/events/parse.ts';
import { seededRandom } from '../../src/runtime/seeded-random.ts';
import { visit, visitSends, visitsBefore } from '../../src/simulator/visits.ts';

const START = Date.parse('2026-03-02T09:00:00.000Z');
const USER = 'a'.repeat(32);

describe('the visits of a scenario', () => {
  it('the visits of a scenario come in order, end before they are sent, and have no pause near the half hour', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const times = visitsBefore(seededRandom(seed), START, USER, 8).map(({ time }) => Date.parse(time));
      const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 60_000);
      expect(times.at(-1)).toBe(START - 60_000);
      for (const gap of gaps) expect((gap >= 1 && gap < 25) || (gap >= 33 && gap < 70)).toBe(true);
    }
  });

  it('the visits of a scenario are as many as were asked for, all of one visitor, each an event that the shop takes', () => {
    const visits = visitsBefore(seededRandom(1), Date.now(), USER, 12);
    expect(new Set(visits.map(({ order_id }) => order_id)).size).toBe(12);
    for (const one of visits) expect(parseEvent(one)).toMatchObject({ ok: true, event: { user_id: USER } });
    expect(visit(seededRandom(1), USER, 0, 0).time).toBe('1970-01-01T00:00:00.000Z');
  });

  it('the visits of a scenario are sent at their moment, from the least to the most of them, by time, each step with its own visitor', () => {
    const counts = new Set<number>();
    for (let seed = 0; seed < 60; seed += 1) {
      const visits = [
        { at: 2_000, least: 3, most: 5 },
        { at: 1_000, least: 2, most: 2 },
      ];
      const sends = visitSends({ visits, seed }, START);
      const [first, second] = [sends.slice(0, 2), sends.slice(2)];
      expect(first.map(({ at }) => at)).toEqual([START + 1_000, START + 1_000]);
      expect(new Set(second.map(({ at }) => at))).toEqual(new Set([START + 2_000]));
      for (const step of [first, second]) expect(new Set(step.map(({ key }) => key)).size).toBe(1);
      expect(first[0]?.key).not.toBe(second[0]?.key);
      expect(
        sends.every(({ key, event, expect: expected }) => key === event.user_id && expected === 'stored'),
      ).toBe(true);
      counts.add(second.length);
    }
    expect([...counts].sort()).toEqual([3, 4, 5]);
  });

  it('the visits of a scenario are the same with the same seed, and others with another', () => {
    const sends = (seed: number) => visitSends({ visits: [{ at: 0, least: 4, most: 4 }], seed }, START);
    expect(sends(7)).toEqual(sends(7));
    expect(sends(7)).not.toEqual(sends(8));
  });
});
