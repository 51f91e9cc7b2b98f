import { expect, test } from 'vitest';
import {
  bytesOf,
  emptyGroup,
  type Group,
  type Member,
  metadataOf,
  nextDeadline,
  withMember,
  withoutMember,
  withoutPending,
} from '../../../src/broker/group/group.ts';
import { member } from './member.ts';

const group = (changes: Partial<Group>, ...members: readonly Member[]): Group => ({
  ...emptyGroup('group', 0),
  members: new Map(members.map((one) => [one.id, one])),
  ...changes,
});

test('a step leaves the group before it as it was', () => {
  const before = group({ pending: new Map([['p', 1]]) }, member('a'));
  const after = withoutPending(withoutMember(withMember(before, member('b')), 'a'), 'p');
  expect([[...before.members.keys()], [...after.members.keys()]]).toEqual([['a'], ['b']]);
  expect([before.pending.size, after.pending.size]).toEqual([1, 0]);
});

test('a member that is added again has its place', () => {
  const before = group({}, member('a'), member('b'));
  const after = withMember(before, member('a', { clientId: 'new' }));
  expect([...after.members.values()].map(({ id, clientId }) => [id, clientId])).toEqual([
    ['a', 'new'],
    ['b', ''],
  ]);
});

test('the next tick is due at the first of all deadlines, and none where nothing can expire', () => {
  const waiting = { for: 'join', ticket: 1 } as const;
  expect(nextDeadline(group({}))).toBeNull();
  expect(nextDeadline(group({}, member('a', { deadline: 7 }), member('b', { deadline: 5 })))).toBe(5);
  expect(nextDeadline(group({}, member('a', { deadline: 5, waiting })))).toBeNull();
  expect(nextDeadline(group({ pending: new Map([['p', 3]]) }, member('a', { deadline: 5 })))).toBe(3);
  expect(nextDeadline(group({ rebalanceDeadline: 2 }, member('a', { deadline: 5 })))).toBe(2);
  expect(nextDeadline(group({ state: 'PreparingRebalance', notBefore: 1, rebalanceDeadline: 2 }))).toBe(1);
  expect(nextDeadline(group({ state: 'Stable', notBefore: 1 }, member('a', { deadline: 5 })))).toBe(5);
});

test("a member's metadata is that of the group's protocol, and empty for one that it does not support", () => {
  const one = member('a', { protocols: [{ name: 'range', metadata: Buffer.from('r') }] });
  expect([metadataOf(one, 'range').toString(), metadataOf(one, 'sticky').toString()]).toEqual(['r', '']);
});

test('the memory of a group grows with all that its clients can make long', () => {
  const long = 'x'.repeat(10_000);
  const metadata = Buffer.from(long);
  const of = (changes: Partial<Member>) => bytesOf(group({}, member('a', changes)));
  const usual = of({});
  expect(bytesOf(group({}))).toBe(0);
  expect(bytesOf(group({}, member('a'), member('b')))).toBe(2 * usual);
  expect(bytesOf(group({ pending: new Map([['p', 1]]) }))).toBeGreaterThan(0);
  expect([
    of({ clientId: long }),
    of({ instanceId: long }),
    of({ assignment: metadata }),
    of({ protocols: [{ name: 'range', metadata }] }),
    of({ protocols: [{ name: long, metadata: Buffer.from('range') }] }),
  ]).toEqual(Array(5).fill(expect.closeTo(usual + 10_000, -2)));
  expect(of({ protocols: Array(100).fill({ name: '', metadata: Buffer.alloc(0) }) })).toBeGreaterThan(
    usual + 9_000,
  );
});
