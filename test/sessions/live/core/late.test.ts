import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HALF_HOUR_MS, halfHourOf, lateBarsOf } from '../../../../src/sessions/live/core/late.ts';
import { GAP_MS, type Session, stepAll } from '../../../../src/sessions/live/core/step.ts';

const T = Date.UTC(2026, 2, 10);

/** Sessions by half hour, by sorting and cutting. */
function barsOf(times: readonly number[]): Map<number, number> {
  const sorted = times.toSorted((a, b) => a - b);
  const starts = sorted.filter((time, n) => n === 0 || time - (sorted[n - 1] ?? 0) >= GAP_MS);
  const bars = new Map<number, number>();
  for (const start of starts) bars.set(halfHourOf(start), (bars.get(halfHourOf(start)) ?? 0) + 1);
  return bars;
}

type Sent = { readonly sentMs: number; readonly arrivedMs: number };

/** What transactions of events say of late ones, event by event. */
function lateOf(transactions: readonly (readonly Sent[])[]): number[][] {
  const sessions = new Map<number, Session>();
  const late: number[][] = [];
  let id = 0;
  const newId = () => {
    id += 1;
    return id;
  };
  for (const events of transactions) {
    const open = [...sessions.values()].filter(({ mergedInto }) => mergedInto === undefined);
    const times = events.map(({ sentMs }) => sentMs);
    const changes = stepAll(open, times, newId, T, (event, heard) =>
      late.push(lateBarsOf(heard, events[event]?.arrivedMs ?? 0).toSorted((a, b) => a - b)),
    );
    for (const { session } of changes) sessions.set(session.id, session);
  }
  return late;
}

describe('late events', () => {
  const anySent = fc
    .tuple(
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom(-1, 0, 0, 1, 700_000),
      fc.constantFrom(0, HALF_HOUR_MS - 1, HALF_HOUR_MS, 2 * HALF_HOUR_MS),
    )
    .map(([gaps, more, later]) => {
      const sentMs = T + gaps * GAP_MS + more;
      return { sentMs, arrivedMs: sentMs + later };
    });

  it('late events change a bar where it is over when they come and a recount finds another number in it', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anySent, { maxLength: 4 }), { maxLength: 6 }), (transactions) => {
        const found = lateOf(transactions);
        const taken: number[] = [];
        for (const [n, { sentMs, arrivedMs }] of transactions.flat().entries()) {
          const before = barsOf(taken);
          taken.push(sentMs);
          const after = barsOf(taken);
          const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
            (from) => before.get(from) !== after.get(from) && arrivedMs - from >= HALF_HOUR_MS,
          );
          expect(found[n]).toEqual(changed.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('events are late from the very end of the half hour on', () => {
    const at = (arrivedMs: number) => lateOf([[{ sentMs: T, arrivedMs }]])[0];
    expect(at(T + HALF_HOUR_MS - 1)).toEqual([]);
    expect(at(T + HALF_HOUR_MS)).toEqual([T]);
  });
});
