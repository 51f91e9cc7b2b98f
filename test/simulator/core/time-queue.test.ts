import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TimeQueue } from '../../../src/simulator/core/time-queue.ts';

type Entry = { readonly time: number; readonly number: number };

const byTimeAndNumber = (one: Entry, other: Entry) => one.time - other.time || one.number - other.number;

it('a queue of times has always the entry that a sorted list has first, however entries come, move and go', () => {
  const act = fc.record({ how: fc.constantFrom('push', 'put off', 'drop'), time: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const queue = new TimeQueue(acts.length);
      let plain: Entry[] = [];
      for (const [number, { how, time }] of acts.entries()) {
        const [first, ...others] = plain;
        if (how === 'push' || first === undefined) {
          queue.push(time, number);
          plain = [...plain, { time, number }];
        } else if (how === 'put off') {
          queue.putOff(time);
          plain = [...others, { time, number: first.number }];
        } else {
          queue.drop();
          plain = others;
        }
        plain.sort(byTimeAndNumber);
        expect(queue.first).toBe(plain[0]?.number);
      }
    }),
    { numRuns: 500 },
  );
});
