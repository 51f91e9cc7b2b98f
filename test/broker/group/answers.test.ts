import { expect, it } from 'vitest';
import { joined, joinRefused, synced, waitRefused } from '../../../src/broker/group/answers.ts';
import { emptyGroup, type Group } from '../../../src/broker/group/group.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { member, protocols } from './member.ts';

const [a, b] = [member('a'), member('b', { instanceId: 'two', protocols: protocols('sticky') })];
const GROUP: Group = {
  ...emptyGroup('g', 0),
  generation: 3,
  protocolType: 'consumer',
  protocol: 'range',
  leader: 'a',
  members: new Map([a, b].map((one) => [one.id, one])),
};

it('the leader is told of all members, with the metadata of the protocol that was chosen, and the others of none', () => {
  const everyone = [
    { id: 'a', instanceId: null, metadata: Buffer.from('range') },
    { id: 'b', instanceId: 'two', metadata: Buffer.alloc(0) },
  ];
  const told = {
    kind: 'join',
    error: ErrorCode.NONE,
    generation: 3,
    protocolType: 'consumer',
    protocol: 'range',
  };
  const rest = { ...told, leader: 'a', skipAssignment: false };
  expect(joined(7, GROUP, a)).toEqual({ ticket: 7, answer: { ...rest, memberId: 'a', members: everyone } });
  expect(joined(8, GROUP, b)).toEqual({ ticket: 8, answer: { ...rest, memberId: 'b', members: [] } });
});

it('a leader from whom its place is hidden is told of nobody', () => {
  const { answer } = joined(1, GROUP, a, 'before', true);
  expect(answer).toMatchObject({ leader: 'before', memberId: 'a', skipAssignment: true, members: [] });
});

it('who waits is refused in the form of what it waits for, and who does not is told nothing', () => {
  const waiting = (kind: 'join' | 'sync') => member('a', { waiting: { for: kind, ticket: 5 } });
  const error = ErrorCode.REBALANCE_IN_PROGRESS;
  expect(waitRefused(waiting('join'), error)).toEqual([joinRefused(5, error, 'a')]);
  expect(waitRefused(waiting('sync'), error)).toMatchObject([
    { ticket: 5, answer: { kind: 'sync', error, protocol: '', assignment: Buffer.alloc(0) } },
  ]);
  expect(waitRefused(a, error)).toEqual([]);
});

it('a share is given with the protocol that it is of', () => {
  const answer = {
    kind: 'sync',
    error: 0,
    protocolType: 'consumer',
    protocol: 'range',
    assignment: Buffer.of(1),
  };
  expect(synced(2, GROUP, Buffer.of(1))).toEqual({ ticket: 2, answer });
});
