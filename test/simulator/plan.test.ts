// What a run sends follows from its options alone.

import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/events/parse.ts';
import { FAULT_NAMES } from '../../src/simulator/core/faults.ts';
import { Funnel } from '../../src/simulator/core/funnel.ts';
import type { Send } from '../../src/simulator/core/inject.ts';
import { PERSONAS } from '../../src/simulator/core/personas.ts';
import { type GivenOptions, readOptions } from '../../src/simulator/options.ts';
import { dryLine, planOf } from '../../src/simulator/plan.ts';

const CLOCK = Date.parse('2026-03-02T09:00:00.000Z');

const sends = (given: GivenOptions): Send[] => [
  ...planOf(readOptions({ clock: CLOCK, target: 'kafka', ...given }, undefined, CLOCK)),
];
const bytes = (given: GivenOptions) => sends(given).map((send, n) => dryLine(n, send));

describe('a plan', () => {
  it('a plan is the same to the byte for the same seed and clock, with every fault', () => {
    const given = { users: 60, duration: '2m', chaos: 'all=5%', seed: 7 };
    const lines = bytes(given);
    expect(lines.length).toBeGreaterThan(1_000);
    expect(bytes(given)).toEqual(lines);
    expect(bytes({ ...given, seed: 8 })).not.toEqual(lines);
  });

  it('a plan is the same on every version of Node and every machine', () => {
    const lines = bytes({ users: 20, duration: '1m', chaos: 'all=5%', seed: 1 });
    expect(hash('sha256', lines.join(''), 'hex').slice(0, 16)).toMatchInlineSnapshot(`"fbb5bd8916769465"`);
  });

  it('a plan leaves 200 shoppers as they are where there are 201', () => {
    const rate = (users: number) => String(users / 4);
    const [fewer, more] = [200, 201].map((users) =>
      sends({ users, rate: rate(users), duration: '2m', chaos: 'late=5%,duplicate=5%' }),
    );
    const visitors = new Set(fewer?.map(({ key }) => key));
    expect(more?.filter(({ key }) => visitors.has(key)).map(({ event }) => event)).toEqual(
      fewer?.map(({ event }) => event),
    );
    expect(more?.length).toBeGreaterThan(fewer?.length ?? 0);
  });

  it.each([
    [400, '400', '30s'],
    // Few shoppers for long, and so no even mixture of their kinds.
    [7, '70', '5m'],
    [60, '300', '1m'],
  ])('a plan of %i shoppers has a funnel that differs by less than chance does', (users, rate, duration) => {
    for (const seed of [1, 2, 3]) {
      const funnel = new Funnel();
      for (const { event, role } of sends({ users, rate, duration, seed }))
        if (role !== undefined) funnel.add(role, event);
      const { chiSquare, degrees, limit } = funnel.compare(true);
      expect(degrees).toBeGreaterThan(20);
      expect({ seed, fits: chiSquare <= limit }).toEqual({ seed, fits: true });
    }
  });

  it('a plan of the usual size and seed looks as the published table says, whatever faults its events bear', () => {
    const funnelOf = (given: GivenOptions) => {
      const funnel = new Funnel();
      for (const { event, role } of sends(given)) if (role !== undefined) funnel.add(role, event);
      return funnel.compareWithTable(true);
    };
    const { chiSquare, degrees } = funnelOf({});
    // Of the 30 counts two are none.
    expect(degrees).toBe(27);
    // The upper 5 % of chi-square.
    expect(chiSquare).toBeLessThan(40.2);
    expect(funnelOf({ duration: '1m', chaos: 'all=10%' })).toEqual(funnelOf({ duration: '1m' }));
  });

  it('a plan goes at its rate', () => {
    const count = sends({ users: 500, rate: '250', duration: '1m', seed: 3 }).length;
    expect(count / 60).toBeGreaterThan(225);
    expect(count / 60).toBeLessThan(275);
  });

  it.each(FAULT_NAMES)(
    'a plan has the fault %s at about its share, and at the time that it was given',
    (fault) => {
      const all = sends({ users: 200, rate: '200', duration: '1m', chaos: `${fault}=20%@20s+20s` });
      const bearing = all.filter(({ faults }) => faults.includes(fault));
      // A duplicate is two sends of one event.
      const share = bearing.length / (all.length / 3) / (fault === 'duplicate' ? 2 : 1);
      expect(share).toBeGreaterThan(0.15);
      expect(share).toBeLessThan(0.25);
      const [first, last] = [all[0]?.at ?? 0, all.at(-1)?.at ?? 0];
      expect(first).toBeLessThan(CLOCK + 2_000);
      expect(last).toBeGreaterThan(CLOCK + 58_000);
      const late = 5_000;
      expect(bearing.every(({ at }) => at >= CLOCK + 20_000 && at < CLOCK + 40_000 + late)).toBe(true);
    },
  );

  it('a plan expects of each send what the parser says of its bytes', () => {
    for (const { event, broken, expect: expected } of sends({
      users: 100,
      duration: '1m',
      chaos: 'all=10%',
    })) {
      if (broken === undefined || expected === 'undecodable') expect(parseEvent(event).ok).toBe(true);
      else if (expected === 'not_an_event')
        expect(parseEvent(JSON.parse(broken.toString()))).toMatchObject({
          ok: false,
          rejection: { code: expected },
        });
    }
  });

  it.each(PERSONAS.map(({ name }) => name))(
    'a plan has shoppers like %s alone where they are asked for',
    (persona) => {
      expect(sends({ users: 30, duration: '1m', persona }).length).toBeGreaterThan(50);
    },
  );
});
