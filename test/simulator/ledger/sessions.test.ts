// Sessions made of a ledger's events, beside those that are kept: what is as it should be says nothing.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepAll } from '../../../src/sessions/live/core/step.ts';
import { type KeptSession, sessionProblems, type Visited } from '../../../src/simulator/ledger/sessions.ts';

const MINUTE = 60_000;
const at = (minutes: number, changes: Partial<Visited> = {}): Visited => ({
  visitor: 'v',
  robot: false,
  time: minutes * MINUTE,
  ...changes,
});
const session = (
  from: number,
  to: number,
  events: number,
  changes: Partial<KeptSession> = {},
): KeptSession => ({
  id: 1,
  visitor: 'v',
  robot: false,
  from: from * MINUTE,
  to: to * MINUTE,
  events,
  ...changes,
});
const words = (from: number, to: number, events: number) =>
  `${events} events from ${new Date(from * MINUTE).toISOString()} to ${new Date(to * MINUTE).toISOString()}`;

describe('sessions that agree with the events', () => {
  it('sessions that agree with the events are cut at 30 minutes, in whatever order the events come, robots beside people', () => {
    const own = [at(100), at(0), at(29.9), at(59.9), at(10, { robot: true })];
    const kept = [session(0, 29.9, 2), session(59.9, 59.9, 1), session(100, 100, 1)];
    expect(sessionProblems(own, [], [...kept, session(10, 10, 1, { robot: true })])).toEqual([]);
  });

  it('sessions may have events of others than the run, and are none of its business where they have no other', () => {
    const others = [at(20), at(200)];
    expect(sessionProblems([at(0), at(45)], others, [session(0, 45, 3), session(200, 200, 1)])).toEqual([]);
  });

  it('sessions that agree with the events are those that the live part makes of the same events', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 30 }), (minutes) => {
        let id = 0;
        const changes = stepAll(
          [],
          minutes.map((one) => one * MINUTE),
          () => ++id,
          0,
        );
        const kept = changes
          .filter(({ session: one }) => one.mergedInto === undefined)
          .map(({ session: one }) =>
            session(one.startedMs / MINUTE, one.endedMs / MINUTE, one.events, { id: one.id }),
          );
        expect(
          sessionProblems(
            minutes.map((one) => at(one)),
            [],
            kept,
          ),
        ).toEqual([]);
      }),
    );
  });
});

describe('a session', () => {
  it('a session that is hidden is told', () => {
    expect(sessionProblems([at(0), at(5)], [], [])).toEqual([
      `sessions: visitor v has none of ${words(0, 5, 2)}`,
    ]);
  });

  it.each([
    ['fewer events', session(0, 5, 1)],
    ['another beginning', session(1, 5, 2)],
    ['another end', session(0, 6, 2)],
  ])('a session that is altered is told once: %s', (_, kept) => {
    expect(sessionProblems([at(0), at(5)], [], [kept])).toEqual([
      `sessions: 1 of visitor v has ${words(kept.from / MINUTE, kept.to / MINUTE, kept.events)}, expected ${words(0, 5, 2)}`,
    ]);
  });

  it('a session that is there twice, or has no event, is told', () => {
    const twice = [session(0, 0, 1), session(0, 0, 1, { id: 2 }), session(90, 95, 3, { id: 3 })];
    expect(sessionProblems([at(0)], [], twice)).toEqual([
      `sessions: 2 of visitor v has ${words(0, 0, 1)}, expected none there`,
      `sessions: 3 of visitor v has ${words(90, 95, 3)}, expected none there`,
    ]);
  });

  it('a session of a robot is not one of the person with its id', () => {
    expect(sessionProblems([at(0)], [], [session(0, 0, 1, { robot: true })])).toEqual([
      `sessions: visitor v has none of ${words(0, 0, 1)}`,
      `sessions: 1 of robot v has ${words(0, 0, 1)}, expected none there`,
    ]);
  });
});
