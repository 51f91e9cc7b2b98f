import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Change,
  close,
  GAP_MS,
  type Session,
  stepAll,
} from '../../../../src/sessions/live/core/step.ts';

const T = 1_700_000_000_000;

/** Sessions after transactions of events, and every change that came of them. */
function take(transactions: readonly (readonly number[])[], now = T) {
  const sessions = new Map<number, Session>();
  const changes: Change[] = [];
  let id = 0;
  const newId = () => {
    id += 1;
    return id;
  };
  for (const times of transactions) {
    const open = [...sessions.values()].filter(({ mergedInto }) => mergedInto === undefined);
    const some = stepAll(open, times, newId, now);
    for (const change of some) sessions.set(change.session.id, change.session);
    changes.push(...some);
  }
  const all = [...sessions.values()];
  return { sessions: all.filter(({ mergedInto }) => mergedInto === undefined), all, changes };
}

/** The second implementation: sort, and cut where the gap is reached. */
function plain(times: readonly number[]): string[] {
  const sorted = times.toSorted((a, b) => a - b);
  const sessions: number[][] = [];
  for (const time of sorted) {
    const current = sessions.at(-1);
    if (current !== undefined && time - (current.at(-1) ?? 0) < GAP_MS) current.push(time);
    else sessions.push([time]);
  }
  return sessions.map((one) => `${one[0]}-${one.at(-1)} ${one.length}`);
}

const asText = (sessions: readonly Session[]) =>
  sessions
    .toSorted((a, b) => a.startedMs - b.startedMs)
    .map(({ startedMs, endedMs, events }) => `${startedMs}-${endedMs} ${events}`);

const anyTime = fc
  .tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(-1, 0, 0, 1, 700_000))
  .map(([gaps, more]) => T + gaps * GAP_MS + more);

describe('sessions of events in any order', () => {
  it('sessions are those of the sorted events, however the events are cut into transactions', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyTime, { maxLength: 6 }), { maxLength: 8 }), (transactions) => {
        expect(asText(take(transactions).sessions)).toEqual(plain(transactions.flat()));
      }),
      { numRuns: 2_000 },
    );
  });

  it('sessions have revisions without a hole, and a merged one says into which living one', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyTime, { maxLength: 6 }), { maxLength: 8 }), (transactions) => {
        const { all, changes, sessions } = take(transactions);
        for (const { id } of all) {
          const revisions = changes.flatMap(({ session }) => (session.id === id ? [session.revision] : []));
          expect(revisions).toEqual(revisions.map((_, index) => index + 1));
        }
        const byId = new Map(all.map((session) => [session.id, session]));
        const living = new Set(sessions.map(({ id }) => id));
        for (const { id } of all) {
          let survivor = byId.get(id);
          for (let steps = 0; steps < all.length && survivor?.mergedInto !== undefined; steps++)
            survivor = byId.get(survivor.mergedInto);
          expect(living).toContain(survivor?.id);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

it('exactly the gap opens a session, a millisecond less goes on', () => {
  expect(asText(take([[T], [T + GAP_MS], [T + 2 * GAP_MS - 1]]).sessions)).toEqual([
    `${T}-${T} 1`,
    `${T + GAP_MS}-${T + 2 * GAP_MS - 1} 2`,
  ]);
});

it('a late event between two sessions merges the later into the earlier, and says how late it was', () => {
  const { changes, sessions } = take([[T], [T + 2 * GAP_MS - 2], [T + GAP_MS - 1]]);
  expect(changes.slice(2)).toMatchObject([
    { because: 'merged', lateByMs: GAP_MS - 1, session: { id: 2, mergedInto: 1, revision: 2 } },
    { because: 'merged', lateByMs: GAP_MS - 1, session: { id: 1, events: 3, revision: 2 } },
  ]);
  expect(sessions).toHaveLength(1);
});

it('a late event before the first one makes the session begin earlier', () => {
  const { changes } = take([[T], [T - 1_000]]);
  expect(changes[1]).toMatchObject({
    because: 'late',
    lateByMs: 1_000,
    session: { startedMs: T - 1_000, endedMs: T },
  });
});

it('the clock closes a session, and an event that comes late opens it again only where time is left', () => {
  const [opened] = take([[T]]).sessions;
  if (opened === undefined) throw new Error('no session');
  const closed = close(opened).session;
  expect(closed).toMatchObject({ closed: true, revision: 2 });
  const again = (time: number, now: number) => stepAll([closed], [time], () => 9, now)[0]?.session.closed;
  expect(again(T + 1_000, T + GAP_MS + 500)).toBe(false);
  expect(again(T + 1_000, T + GAP_MS + 1_000)).toBe(true);
});
