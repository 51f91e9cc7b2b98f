import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Digits, Structure } from '../../../src/aggregator/core/cell.ts';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { loadSession, Session, saveSession, sessionId } from '../../../src/aggregator/core/session.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';

const planOf = (name = 'd') =>
  compile(
    checkValue({
      name,
      group: { fields: ['a', 'b'] },
      aggregate: [{ field: 'n', operation: 'CARRY_LAST' }, { operation: 'COUNT' }],
      flush: { by: 'END_OF_STREAM' },
    }),
    1,
    new FieldTable(),
  );
const plan = planOf();
const begun = {
  group: ['x', 1],
  periods: ['2024-01-01'],
  createdAt: 1_000,
  dueAt: 5_000,
  start: 'file.csv:2',
};

/** The places that a session's sources name, as source:position. */
const named = ({ sources, places }: Session): string[] =>
  sources.flatMap((source, at) => {
    const [from, to] = [places[2 * at] ?? 0, places[2 * at + 1] ?? 0];
    return Array.from({ length: to - from + 1 }, (_, index) => `${source}:${from + index}`);
  });

const place = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat({ max: 40 }));

describe('the places of its records', () => {
  it("the places of a session's records are all within its ranges, and nothing else is where they are said to be exact", () => {
    fc.assert(
      fc.property(fc.uniqueArray(place, { selector: String, maxLength: 40 }), (covered) => {
        const session = new Session(plan, begun);
        for (const [source, position] of covered) session.cover(source, position);
        const wanted = covered.map(([source, position]) => `${source}:${position}`);
        const ranges = new Set(named(session));
        expect(wanted.filter((one) => !ranges.has(one))).toEqual([]);
        if (session.exactRanges) expect([...ranges].sort()).toEqual(wanted.sort());
        expect(session.sources.length).toBeLessThanOrEqual(8 + 3);
      }),
      { numRuns: 300 },
    );
  });

  it("a session's places are exact up to eight ranges, however long each of them is", () => {
    const session = new Session(plan, begun);
    for (let range = 0; range < 8; range += 1)
      for (let at = 0; at < 5; at += 1) session.cover('a', range * 10 + at);
    expect([session.sources.length, session.exactRanges]).toEqual([8, true]);
    session.cover('a', 75);
    expect([session.sources.length, session.exactRanges]).toEqual([8, true]);
    session.cover('a', 77);
    expect([session.places.slice(-2), session.exactRanges]).toEqual([[70, 77], false]);
  });

  it('a range of places that comes at once is as each of them after the other', () => {
    const [one, other] = [new Session(plan, begun), new Session(plan, begun)];
    for (const session of [one, other]) for (let at = 0; at < 16; at += 2) session.cover('a', at);
    expect([one.isFull('a'), one.isFull('b'), new Session(plan, begun).isFull('a')]).toEqual([
      ...[true, false, false],
    ]);
    for (const at of [15, 16, 20, 22]) one.cover('a', at);
    other.coverRange('a', 15, 16, true);
    other.coverRange('a', 20, 22, false);
    expect([other.places, other.exactRanges]).toEqual([one.places, one.exactRanges]);
  });
});

describe('saved and read again', () => {
  it('a session that is saved and read again is the same, with all digits, and goes on as it would have', () => {
    const session = new Session(plan, {
      ...begun,
      group: [new Digits('9007199254740993'), new Structure('[1]')],
    });
    session.count = 3;
    [session.firstEvent, session.lastEvent, session.updatedAt] = [900, 1_100, 1_200];
    for (const [source, at] of [
      ['a "b"', 1],
      ['a "b"', 2],
      ['a "b"', 9],
      ['c', 1],
    ] as const)
      session.cover(source, at);
    const again = loadSession(plan, saveSession(session), 7);
    expect(again.row).toBe(7);
    expect(again.key).toBe(session.key);
    expect({ ...again, row: undefined, saved: undefined }).toEqual({ ...session, saved: undefined });
    expect(saveSession(again)).toBe(saveSession(session));
    again.cover('c', 2);
    expect(again.places.slice(-2)).toEqual([1, 2]);
  });

  it('a session that is never due stays so', () => {
    const session = new Session(plan, { ...begun, dueAt: undefined });
    expect(loadSession(plan, saveSession(session)).dueAt).toBeUndefined();
  });
});

describe('its id', () => {
  const idOf = (changes: Partial<typeof begun>, of = plan) =>
    sessionId(new Session(of, { ...begun, ...changes }));

  it("a session's id stays the same however it is saved and read, and whatever it comes to", () => {
    const session = new Session(plan, begun);
    const id = idOf({});
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    session.count = 9;
    session.cover('a', 3);
    expect([sessionId(session), sessionId(loadSession(planOf(), saveSession(session)))]).toEqual([id, id]);
  });

  it("a session's id is another one for another definition, group, moment or first record", () => {
    const ids = [
      idOf({}),
      idOf({}, planOf('e')),
      idOf({ group: ['x', '1'] }),
      idOf({ periods: ['2024-01-02'] }),
      idOf({ createdAt: 1_001 }),
      idOf({ start: 'file.csv:3' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
