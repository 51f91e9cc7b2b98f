import { describe, expect, it } from 'vitest';
import { compile, FieldTable } from '../../src/aggregator/core/plan.ts';
import { loadSession, Session, saveSession } from '../../src/aggregator/core/session.ts';
import { checkValue } from '../../src/aggregator/definition/read.ts';
import { briefly, explained, versionRow, writeSession } from '../../src/aggregator/present.ts';
import type { KnownDefinition } from '../../src/aggregator/store/overview.ts';

const BODY = {
  name: 'd',
  group: { fields: ['a'] },
  aggregate: [{ field: 'n', operation: 'SUM' }],
  flush: {
    by: 'TIMEOUT',
    timeout: { type: 'HOUR', hours: 1 },
    conditions: [{ name: 'limit', aggregate: 'sum_n', operator: '>=', value: 70 }],
  },
};
const known: KnownDefinition = {
  name: 'd',
  version: 2,
  paused: false,
  failure: null,
  failed_at: null,
  created_at: new Date(0),
  saved_at: new Date(1),
  grouping: '[["a"],[]]',
  body: { ...BODY, topic: 'clicks' },
  open: 3,
  results: 4,
  set_aside: 5,
  last_flush: null,
};

describe('the state of a definition', () => {
  it.each([
    [{}, 'active'],
    [{ failure: 'Kafka is away' }, 'failing'],
    [{ failure: 'Kafka is away', paused: true }, 'paused'],
    [{ body: BODY }, 'files'],
    [{ body: BODY, paused: true }, 'files'],
    [{ body: null }, 'files'],
    [{ body: { topic: 7 } }, 'files'],
  ])('with %j is %s', (changes, state) => {
    expect(briefly({ ...known, ...changes }).state).toBe(state);
  });
});

it('a definition in a list has its topic and its times as ISO', () => {
  expect(briefly(known)).toMatchObject({
    topic: 'clicks',
    saved_at: '1970-01-01T00:00:00.001Z',
    last_flush: null,
  });
  expect(briefly({ ...known, last_flush: new Date(2) }).last_flush).toBe('1970-01-01T00:00:00.002Z');
});

it('a body that this program can not read is told so, and not refused', () => {
  expect(explained({ of: 'a newer program' }, 0)).toEqual({
    words: ['This program can’t read the definition.'],
    nextFlushes: 'unknown',
  });
  expect(explained(BODY, 0).words[0]).toBe('d groups by a.');
});

it('sessions of a version are asleep where another grouping is in force, if there are any', () => {
  const version = { version: 1, saved_at: new Date(0), grouping: 'old', sessions: 2, body: BODY };
  expect(versionRow(version, 'new').asleep).toBe(true);
  expect(versionRow(version, 'old').asleep).toBe(false);
  expect(versionRow({ ...version, sessions: 0 }, 'new').asleep).toBe(false);
});

describe('an open session', () => {
  const plan = compile(checkValue(BODY), 1, new FieldTable());
  const session = (dueAt: number | undefined) =>
    loadSession(
      plan,
      saveSession(
        new Session(plan, { group: ['x'], periods: [], createdAt: 0, dueAt, start: 's:1' }, [
          '9007199254740993',
        ]),
      ),
    );

  it('an open session is written as its row would be, with all digits, and when it is due and expires', () => {
    const text = writeSession(session(3_600_000));
    expect(text).toContain('{"a":"x","sum_n":9007199254740993,"meta":{');
    expect(JSON.parse(text).meta).toEqual({
      count: 0,
      version: 1,
      created_at: '1970-01-01T00:00:00.000Z',
      updated_at: '1970-01-01T00:00:00.000Z',
      due_at: '1970-01-01T01:00:00.000Z',
      expires_at: '1970-06-30T00:00:00.000Z',
      progress: [
        expect.objectContaining({ condition: 'limit', has: '9007199254740993', wants: '70', share: 1 }),
      ],
    });
  });

  it('an open session that is never due has no such time', () => {
    expect(JSON.parse(writeSession(session(undefined))).meta.due_at).toBeNull();
  });
});
