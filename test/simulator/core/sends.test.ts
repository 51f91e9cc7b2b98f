import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Send } from '../../../src/simulator/core/inject.ts';
import { HeldSends } from '../../../src/simulator/core/sends.ts';
import { anEvent } from '../../support/events.ts';

const event = anEvent();
const sendAt = (at: number, key = ''): Send => ({
  at,
  key,
  event,
  broken: undefined,
  faults: [],
  expect: 'stored',
  role: undefined,
});

/** Events by time, each with the delays of its sends. */
const planned = fc
  .array(fc.record({ after: fc.nat(3), delays: fc.array(fc.nat(11), { maxLength: 2 }) }), {
    maxLength: 50,
  })
  .map((gaps) => {
    let time = 0;
    return gaps.map(({ after, delays }) => {
      time += after * 1_000;
      return { time, delays: delays.map((seconds) => seconds * 1_000) };
    });
  });

it('the row of sends gives every send once, by its time, those of one time in the order of their events, and none before it is due', () => {
  fc.assert(
    fc.property(planned, (events) => {
      const held = new HeldSends();
      const sends = events.map(({ time, delays }, n) =>
        delays.map((delay) => sendAt(time + delay, String(n))),
      );
      const given = events.flatMap(({ time }, n) => {
        const due = held.add(time, sends[n] ?? []);
        for (const { at } of due) expect(at).toBeLessThanOrEqual(time);
        return due;
      });
      given.push(...held.rest());
      expect(given).toEqual(sends.flat().sort((one, other) => one.at - other.at));
    }),
  );
});

it('the row of sends refuses a send that is held back for longer than any fault does', () => {
  expect(() => new HeldSends().add(0, [sendAt(11_001)])).toThrow('held an event back for too long');
});
