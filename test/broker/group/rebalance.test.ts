import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyGroup, type Group, type GroupLimits, type Member } from '../../../src/broker/group/group.ts';
import { commonProtocols, prepare, remove, tick } from '../../../src/broker/group/rebalance.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { member, protocols } from './member.ts';

const LIMITS: GroupLimits = {
  minSessionTimeout: 1,
  maxSessionTimeout: 1e6,
  maxSize: 100,
  initialRebalanceDelay: 0,
};
const joins = (ticket: number) => ({ waiting: { for: 'join', ticket } as const });
const syncs = (ticket: number) => ({ waiting: { for: 'sync', ticket } as const });
const group = (state: Group['state'], ...members: readonly Member[]): Group => ({
  ...emptyGroup('group', 0),
  state,
  protocolType: 'consumer',
  generation: 4,
  members: new Map(members.map((one) => [one.id, one])),
});
const told = (effects: ReturnType<typeof tick>['effects']) =>
  effects.map(({ ticket, answer }) => [ticket, answer.error]);

describe('the protocol', () => {
  test('the protocol of a group is one that all support, and the most like best', () => {
    const name = fc.constantFrom<string>('range', 'sticky', 'robin');
    const lists = fc.array(fc.uniqueArray(name, { minLength: 1 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(lists, (all) => {
        const members = all.map((names, at) =>
          member(String(at), { protocols: protocols(...names), ...joins(at) }),
        );
        const common: string[] = ['range', 'sticky', 'robin'].filter((one) =>
          all.every((names) => names.some((own) => own === one)),
        );
        expect(commonProtocols(members).toSorted()).toEqual(common.toSorted());
        const votes = all.map((names) => names.find((one) => common.includes(one)));
        const count = (one: string) => votes.filter((vote) => vote === one).length;
        const { protocol } = prepare(group('Stable', ...members), LIMITS, 0).group;
        expect(count(protocol)).toBe(Math.max(0, ...common.map(count)));
        if (common.length > 0) expect(common).toContain(protocol);
      }),
    );
  });
});

describe('a rebalance', () => {
  test('a rebalance waits for every member, and refuses those that wait for an assignment that will not come', () => {
    const before = group('CompletingRebalance', member('a', joins(1)), member('b', syncs(2)));
    const { group: after, effects } = prepare(before, LIMITS, 100);
    expect(told(effects)).toEqual([[2, ErrorCode.REBALANCE_IN_PROGRESS]]);
    expect(after).toMatchObject({ state: 'PreparingRebalance', generation: 4, rebalanceDeadline: 2_100 });
    expect(after.members.get('b')).toMatchObject({ waiting: null, deadline: 1_100 });
  });

  test('a rebalance ends once all have joined: the leader stays where it is there, and only it is told who the others are', () => {
    const before = { ...group('Stable', member('a', joins(1)), member('b', joins(2))), leader: 'b' };
    const { group: after, effects } = prepare(before, LIMITS, 100);
    expect(after).toMatchObject({
      state: 'CompletingRebalance',
      generation: 5,
      leader: 'b',
      protocol: 'range',
    });
    expect(effects.map(({ answer }) => answer.kind === 'join' && answer.members.map(({ id }) => id))).toEqual(
      [[], ['a', 'b']],
    );
  });

  test('a rebalance goes on after the longest rebalance timeout without who is missing, but for a static member', () => {
    const before = group(
      'PreparingRebalance',
      member('a', { ...joins(1), rebalanceTimeout: 500 }),
      member('gone', { deadline: 10_000, rebalanceTimeout: 3_000 }),
      member('static', { deadline: 10_000, instanceId: 'x' }),
    );
    const late = { ...before, rebalanceDeadline: 3_000 };
    expect(tick(late, LIMITS, 2_999)).toEqual({ group: late, effects: [] });
    const { group: after, effects } = tick(late, LIMITS, 3_000);
    expect([...after.members.keys()]).toEqual(['a', 'static']);
    expect([after.state, after.leader, told(effects)]).toEqual([
      'CompletingRebalance',
      'a',
      [[1, ErrorCode.NONE]],
    ]);
  });

  test('a rebalance of a new group begins after a while, so that members that start together come into one generation', () => {
    const limits = { ...LIMITS, initialRebalanceDelay: 300 };
    const { group: waiting, effects } = prepare(group('Empty', member('a', joins(1))), limits, 100);
    expect([waiting.state, waiting.notBefore, effects]).toEqual(['PreparingRebalance', 400, []]);
    expect(tick(waiting, limits, 399).effects).toEqual([]);
    expect(told(tick(waiting, limits, 400).effects)).toEqual([[1, ErrorCode.NONE]]);
  });

  test('a rebalance waits for a client that was given an id, until its time is over', () => {
    const before = { ...group('PreparingRebalance', member('a', joins(1))), pending: new Map([['p', 500]]) };
    expect(tick({ ...before, rebalanceDeadline: 9_000 }, LIMITS, 499).effects).toEqual([]);
    const { group: after, effects } = tick({ ...before, rebalanceDeadline: 9_000 }, LIMITS, 500);
    expect([after.pending.size, told(effects)]).toEqual([0, [[1, ErrorCode.NONE]]]);
  });
});

describe('a member that is silent', () => {
  test('a member that is silent is removed at its deadline, and the others begin anew', () => {
    const before = group('Stable', member('a', { deadline: 5_000 }), member('b', { deadline: 1_000 }));
    expect(tick(before, LIMITS, 999).group.members.size).toBe(2);
    const { group: after } = tick(before, LIMITS, 1_000);
    expect([after.state, [...after.members.keys()]]).toEqual(['PreparingRebalance', ['a']]);
  });

  test('a member that is silent as the last one leaves an empty group of a new generation', () => {
    const { group: after } = tick(group('Stable', member('a', { deadline: 1 })), LIMITS, 7);
    expect(after).toMatchObject({
      state: 'Empty',
      generation: 5,
      leader: '',
      emptySince: 7,
      rebalanceDeadline: null,
    });
  });

  test('a member that is silent is not one that waits for its response', () => {
    expect(
      tick(group('CompletingRebalance', member('a', { ...syncs(1), deadline: 1 })), LIMITS, 7).effects,
    ).toEqual([]);
  });

  test('a member that is silent with its SyncGroup is removed where the leader and it do not come in time', () => {
    const before = group(
      'CompletingRebalance',
      member('a', { ...syncs(1), deadline: 9e9 }),
      member('b', { deadline: 9e9 }),
    );
    const { group: after, effects } = tick({ ...before, rebalanceDeadline: 50 }, LIMITS, 50);
    expect([...after.members.keys()]).toEqual(['a']);
    expect(told(effects)).toEqual([[1, ErrorCode.REBALANCE_IN_PROGRESS]]);
  });
});

test('a member that is removed while it waits is told that nobody knows it', () => {
  const gone = member('b', joins(2));
  const { group: after, effects } = remove(group('PreparingRebalance', member('a'), gone), gone, LIMITS, 0);
  expect([told(effects), [...after.members.keys()]]).toEqual([[[2, ErrorCode.UNKNOWN_MEMBER_ID]], ['a']]);
});
