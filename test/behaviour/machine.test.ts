import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Click, type Place, START, step, WINDOW_MS } from '../../src/behaviour/machine.ts';
import { plainWalk } from './plain.ts';

const T = Date.UTC(2026, 2, 10, 12);

function walk(clicks: readonly Click[]) {
  let place: Place = START;
  const states: string[] = [];
  const offers: string[] = [];
  const log: string[] = [];
  for (const click of clicks) {
    const moved = step(place, click);
    place = moved?.place ?? place;
    if (moved?.offer !== undefined) offers.push(moved.offer);
    if (moved !== undefined) log.push(moved.because);
    states.push(place.state);
  }
  return { states, offers, log };
}

const anyClick = fc.record({
  item: fc.constantFrom('clothes/a', 'clothes/b', 'clothes/c', 'sneakers/a', 'sneakers/b', 'electronics/a'),
  // Mostly within the window, now and then exactly at its end.
  afterMs: fc.constantFrom(0, 1_000, 60_000, 600_000, WINDOW_MS - 1, WINDOW_MS, -5_000),
  gender: fc.constantFrom('M' as const, 'F' as const),
  age: fc.constantFrom(24, 25, 30, 35, 36, 45, 46),
});
const anyWalk = fc.tuple(fc.array(anyClick, { maxLength: 14 }), fc.boolean()).map(([clicks, sameAge]) => {
  let timeMs = T;
  return clicks.map(({ item, afterMs, gender, age }): Click => {
    timeMs += afterMs;
    const person = sameAge ? { gender: 'M' as const, age: 40 } : { gender, age };
    return { product: item.split('/')[0] ?? '', item, timeMs, ...person };
  });
});

it('walks are those of a plain chain of conditions', () => {
  let offered = 0;
  fc.assert(
    fc.property(anyWalk, (clicks) => {
      const { states, offers } = walk(clicks);
      offered += offers.length;
      expect({ states, offers }).toEqual(plainWalk(clicks));
    }),
    { numRuns: 5_000 },
  );
  expect(offered).toBeGreaterThan(20);
});

const man = (item: string, minutes = 0, age = 40): Click => ({
  product: item.split('/')[0] ?? '',
  item,
  timeMs: T + minutes * 60_000,
  gender: 'M',
  age,
});

it('clothes, sneakers, other clothes make an offer, and the visitor is at the start again', () => {
  expect(walk([man('clothes/a'), man('sneakers/a', 1), man('clothes/b', 2)])).toEqual({
    states: ['clothes_visited', 'sneakers_visited', 'init'],
    offers: ['offer1'],
    log: [
      'clothes/a: clothes, man of 35–45 or woman of 25–35',
      'sneakers/a: sneakers',
      'offer1: clothes/b: clothes, another item than the first',
    ],
  });
});

it('exactly half an hour after the first click is too late, a millisecond less is not', () => {
  const late = (ms: number) =>
    walk([man('clothes/a'), man('sneakers/a', 1), { ...man('clothes/b'), timeMs: T + ms }]).offers;
  expect(late(WINDOW_MS - 1)).toEqual(['offer1']);
  expect(late(WINDOW_MS)).toEqual([]);
});

it('a page that is loaded again is ignored, also after the window', () => {
  expect(walk([man('clothes/a'), man('clothes/a', 45)])).toMatchObject({
    states: ['clothes_visited', 'clothes_visited'],
  });
});

it('the click that resets is not looked at again as a first one', () => {
  expect(walk([man('clothes/a'), man('electronics/a', 1), man('clothes/a', 2)]).states).toEqual([
    'clothes_visited',
    'init',
    'clothes_visited',
  ]);
  expect(walk([man('clothes/a'), man('clothes/b', 31)]).states).toEqual(['clothes_visited', 'init']);
});

it('the log says which guard failed', () => {
  expect(walk([man('clothes/a', 0, 47)]).log).toEqual(['clothes, but age 47 is not in 35–45']);
  expect(walk([man('clothes/a'), man('sneakers/a', 1), man('sneakers/b', 2)]).log.at(-1)).toBe(
    'sneakers, not clothes',
  );
});
