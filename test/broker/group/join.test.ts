import { describe, expect, it } from 'vitest';
import {
  emptyGroup,
  type Group,
  type GroupLimits,
  type JoinInput,
  type Member,
} from '../../../src/broker/group/group.ts';
import { join } from '../../../src/broker/group/join.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { member, protocols } from './member.ts';

const LIMITS: GroupLimits = {
  minSessionTimeout: 500,
  maxSessionTimeout: 5_000,
  maxSize: 3,
  initialRebalanceDelay: 0,
};
const NOW = 10_000;
const group = (state: Group['state'], members: readonly Member[], more: Partial<Group> = {}): Group => ({
  ...emptyGroup('group', 0),
  state,
  protocolType: 'consumer',
  protocol: 'range',
  generation: 4,
  leader: members[0]?.id ?? '',
  members: new Map(members.map((one) => [one.id, one])),
  ...more,
});
const input = (changes: Partial<JoinInput> = {}): JoinInput => ({
  kind: 'join',
  ticket: 1,
  memberId: '',
  newMemberId: 'new',
  idRequired: false,
  maySkip: false,
  instanceId: null,
  clientId: 'client',
  clientHost: '127.0.0.1',
  sessionTimeout: 1_000,
  rebalanceTimeout: 2_000,
  protocolType: 'consumer',
  protocols: protocols('range'),
  ...changes,
});
/** The only response that is given, and the group afterwards. */
function joined(before: Group, changes: Partial<JoinInput> = {}) {
  const { group: after, effects } = join(before, input(changes), LIMITS, NOW);
  return { after, effects, answer: effects.at(-1)?.answer };
}

describe('a join is refused', () => {
  const working = group('Stable', [member('a'), member('b')]);
  const fixed = group('Stable', [member('a', { instanceId: 'one' })]);

  it.each<[string, Group, Partial<JoinInput>, ErrorCode]>([
    ['with too short a session', working, { sessionTimeout: 499 }, ErrorCode.INVALID_SESSION_TIMEOUT],
    ['with too long a session', working, { sessionTimeout: 5_001 }, ErrorCode.INVALID_SESSION_TIMEOUT],
    ['without a protocol type', working, { protocolType: '' }, ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
    ['without protocols', working, { protocols: [] }, ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
    ['of another type', working, { protocolType: 'connect' }, ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
    [
      'without a protocol that all support',
      working,
      { protocols: protocols('sticky') },
      ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
    ],
    ['of an id that nobody gave', working, { memberId: 'x' }, ErrorCode.UNKNOWN_MEMBER_ID],
    [
      'of an instance that nobody has, under an id',
      fixed,
      { memberId: 'x', instanceId: 'two' },
      ErrorCode.UNKNOWN_MEMBER_ID,
    ],
    [
      'of an instance that has another id by now',
      fixed,
      { memberId: 'x', instanceId: 'one' },
      ErrorCode.FENCED_INSTANCE_ID,
    ],
    [
      'where the group is full',
      group('Stable', [member('a'), member('b')], { pending: new Map([['c', NOW]]) }),
      {},
      ErrorCode.GROUP_MAX_SIZE_REACHED,
    ],
  ])('a join is refused %s, and nothing changes', (_, before, changes, error) => {
    const { after, answer } = joined(before, changes);
    expect(answer).toMatchObject({ kind: 'join', error, memberId: changes.memberId ?? '' });
    expect(after).toBe(before);
  });

  it('a join is refused for another type or protocol by the others alone: who is alone may change both', () => {
    const alone = group('Stable', [member('a')]);
    const { after } = joined(alone, {
      memberId: 'a',
      protocolType: 'connect',
      protocols: protocols('sticky'),
    });
    expect(after.protocolType).toBe('connect');
  });
});

describe('a client without an id', () => {
  it('a client without an id is given one to come back with, for as long as its session lasts', () => {
    const { after, answer } = joined(group('Empty', []), { idRequired: true });
    expect(answer).toMatchObject({ error: ErrorCode.MEMBER_ID_REQUIRED, memberId: 'new' });
    expect(after.pending).toEqual(new Map([['new', NOW + 1_000]]));
    expect(after.members.size).toBe(0);
  });

  it('a client without an id is a member once it comes back with it, and is waited for no more', () => {
    const before = group('Empty', [], { pending: new Map([['new', NOW]]) });
    const { after } = joined(before, { memberId: 'new', idRequired: true });
    expect(after.pending.size).toBe(0);
    expect(after.members.get('new')).toMatchObject({ deadline: NOW + 1_000, clientId: 'client' });
  });

  it('a client without an id is a member at once where its version knows no such ids, or where it is static', () => {
    for (const changes of [{}, { idRequired: true, instanceId: 'one' }]) {
      const { after } = joined(group('Empty', []), changes);
      expect([...after.members.keys()]).toEqual(['new']);
    }
  });
});

describe('a member that joins again', () => {
  const [leader, other] = [member('a', { deadline: 0 }), member('b', { deadline: 0 })];

  it('a member that joins again without news gets the generation as it is, and another session', () => {
    const { after, answer } = joined(group('Stable', [leader, other]), { memberId: 'b' });
    expect(answer).toMatchObject({ error: ErrorCode.NONE, generation: 4, leader: 'a', members: [] });
    expect(after).toMatchObject({ state: 'Stable', generation: 4 });
    expect(after.members.get('b')?.deadline).toBe(NOW + 1_000);
  });

  it.each([
    ['is the leader', 'a', protocols('range')],
    ['brings other protocols', 'b', protocols('range', 'sticky')],
    ['brings other metadata', 'b', [{ name: 'range', metadata: Buffer.from('other') }]],
  ])('a member that joins again begins a rebalance where it %s', (_, memberId, brought) => {
    const { after, effects } = joined(group('Stable', [leader, other]), { memberId, protocols: brought });
    expect(after.state).toBe('PreparingRebalance');
    expect(effects).toEqual([]);
  });

  it('a member that joins again refuses what it has waited for before, and keeps its assignment', () => {
    const assignment = Buffer.from('mine');
    const waiting = member('b', { waiting: { for: 'sync', ticket: 9 }, assignment });
    const { after, effects } = joined(group('CompletingRebalance', [leader, waiting]), {
      memberId: 'b',
      protocols: protocols('range', 'sticky'),
    });
    expect(effects).toMatchObject([
      { ticket: 9, answer: { kind: 'sync', error: ErrorCode.REBALANCE_IN_PROGRESS } },
    ]);
    expect(after.members.get('b')?.assignment).toBe(assignment);
  });
});

describe('a static member that comes back without its id', () => {
  const assignment = Buffer.from('mine');
  const before = group('Stable', [member('a', { instanceId: 'one', assignment }), member('b')]);

  it('a static member that comes back without its id takes its old place under a new id, without a rebalance, and the old id is gone', () => {
    const { after, answer } = joined(before, { instanceId: 'one' });
    expect(after).toMatchObject({ state: 'Stable', generation: 4, leader: 'new' });
    expect([...after.members.keys()].sort()).toEqual(['b', 'new']);
    expect(after.members.get('new')?.assignment).toBe(assignment);
    // With the old id in the leader's place it does not assign again.
    expect(answer).toMatchObject({ memberId: 'new', leader: 'a', skipAssignment: false, members: [] });
  });

  it('a static member that comes back without its id is told that it leads and must not assign, where it understands that', () => {
    const { answer } = joined(before, { instanceId: 'one', maySkip: true });
    expect(answer).toMatchObject({ leader: 'new', skipAssignment: true });
  });

  it('a static member that comes back without its id fences who waits under the old id', () => {
    const waiting = member('a', { instanceId: 'one', waiting: { for: 'join', ticket: 9 } });
    const { effects } = joined(group('Stable', [waiting, member('b')]), { instanceId: 'one' });
    expect(effects[0]).toMatchObject({ ticket: 9, answer: { error: ErrorCode.FENCED_INSTANCE_ID } });
  });

  it('a static member that comes back without its id begins a rebalance where it brings other protocols, and leads on', () => {
    const { after } = joined(before, { instanceId: 'one', protocols: protocols('range', 'sticky') });
    expect(after).toMatchObject({ state: 'PreparingRebalance', leader: 'new' });
  });

  it('a static member that comes back without its id has room in a full group, as it takes no more than it had', () => {
    const full = group('Stable', [member('a', { instanceId: 'one' }), member('b'), member('c')]);
    expect(joined(full, { instanceId: 'one' }).answer).toMatchObject({ error: ErrorCode.NONE });
  });
});
