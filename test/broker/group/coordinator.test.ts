// The driver of the groups: waiting requests, time, and the removal of groups that are not needed any more. step.test.ts tests the
// responses.

import { expect, test } from 'vitest';
import { Groups } from '../../../src/broker/group/coordinator.ts';
import type { PartitionOffset } from '../../../src/broker/group/offsets.ts';
import { Journal } from '../../../src/broker/journal.ts';
import { type BrokerOptions, parseOptions } from '../../../src/broker/options.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { afterFile } from '../../support/after-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { failing } from '../failing-disk.ts';
import { protocols } from './member.ts';

function groupsOf(options: Partial<BrokerOptions> = {}) {
  const dataDir = options.dataDir ?? temporaryFolder();
  const settings = parseOptions({ groupMinSessionTimeoutMs: 1, ...options, dataDir });
  const groups = new Groups(new Journal(`${dataDir}/journal`), settings, Date.now());
  afterFile(() => groups.close());
  return groups;
}
const JOIN = {
  kind: 'join',
  memberId: '',
  idRequired: false,
  maySkip: false,
  instanceId: null,
  clientId: 'client',
  clientHost: '/127.0.0.1',
  sessionTimeout: 60_000,
  rebalanceTimeout: 60_000,
  protocolType: 'consumer',
  protocols: protocols('range'),
} as const;
const NOBODY = { memberId: '', instanceId: null, generation: -1 };
const at = (offset: number, committedAt = Date.now()): PartitionOffset => ({
  topic: 't',
  partition: 0,
  committed: { offset, metadata: null, at: committedAt },
});

test('a member’s id begins with its client’s name, or its instance’s, of which a long one is cut', async () => {
  const groups = groupsOf();
  const uuid = '[0-9a-f-]{36}';
  expect((await groups.join('g', JOIN)).memberId).toMatch(new RegExp(`^client-${uuid}$`));
  expect((await groups.join('h', { ...JOIN, instanceId: 'one' })).memberId).toMatch(
    new RegExp(`^one-${uuid}$`),
  );
  const { memberId } = await groups.join('i', { ...JOIN, clientId: 'x'.repeat(30_000) });
  expect(memberId).toMatch(new RegExp(`^x{249}-${uuid}$`));
});

test('a request that waits is answered when the time of its group has come, without another request', async () => {
  const groups = groupsOf();
  const first = await groups.join('g', { ...JOIN, sessionTimeout: 50, rebalanceTimeout: 50 });
  // The first one does not come again: it is waited for no longer than it said.
  const second = await groups.join('g', { ...JOIN, clientId: 'other' });
  expect([first.generation, second.generation, second.leader]).toEqual([1, 2, second.memberId]);
});

test('a group is kept for its members or for what it has committed, and forgotten without either', async () => {
  const groups = groupsOf();
  const { memberId } = await groups.join('g', JOIN);
  const leave = (id: string) => groups.leave(id, { kind: 'leave', memberId, instanceId: null });
  expect(await leave('g')).toBe(ErrorCode.NONE);
  expect(groups.get('g')).toBeUndefined();
  expect(await leave('g')).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  expect(await groups.commit('h', NOBODY, [])).toBe(ErrorCode.NONE);
  expect(groups.get('h')).toBeUndefined();
  expect(await groups.commit('h', NOBODY, [at(7)])).toBe(ErrorCode.NONE);
  expect(groups.get('h')?.state).toBe('Empty');
});

test('a group that is one too many is refused, and what is there goes on', async () => {
  const groups = groupsOf({ maxGroups: 1 });
  await groups.commit('g', NOBODY, [at(1)]);
  expect(await groups.join('h', JOIN)).toMatchObject({
    error: ErrorCode.GROUP_MAX_SIZE_REACHED,
    memberId: '',
  });
  expect(await groups.commit('h', NOBODY, [at(1)])).toBe(ErrorCode.POLICY_VIOLATION);
  expect((await groups.join('g', JOIN)).error).toBe(ErrorCode.NONE);
});

test('what was committed too long ago by a group without members is forgotten, and the rest is not', async () => {
  const groups = groupsOf();
  const other = { ...at(2), partition: 1 };
  await groups.commit('g', NOBODY, [at(1, 1_000), other]);
  await groups.commit('h', NOBODY, [at(1, 1_000)]);
  await groups.join('h', JOIN);
  // It has had no members for long enough only then.
  groups.expire(Date.now() - 60_000);
  expect(groups.offsets.of('g')).toHaveLength(2);
  groups.expire(Date.now() + 1_000);
  expect(groups.offsets.of('g')).toEqual([]);
  expect(groups.get('g')).toBeUndefined();
  expect(groups.offsets.get('h', 't', 0)?.offset).toBe(1);
});

test('a group with members, or with ids that were given out, is not deleted', async () => {
  const groups = groupsOf();
  await groups.join('g', JOIN);
  await groups.join('h', { ...JOIN, idRequired: true });
  await groups.commit('i', NOBODY, [at(1)]);
  expect(['g', 'h', 'i', 'nobody'].map((id) => groups.delete(id))).toEqual([
    ErrorCode.NON_EMPTY_GROUP,
    ErrorCode.NON_EMPTY_GROUP,
    ErrorCode.NONE,
    ErrorCode.GROUP_ID_NOT_FOUND,
  ]);
  expect(groups.offsets.has('i')).toBe(false);
});

test('where the disk refuses it nothing is committed or deleted', async () => {
  const groups = groupsOf();
  await groups.commit('g', NOBODY, [at(1)]);
  failing(['writeSync'], () => {
    expect(groups.delete('g')).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    expect(groups.forgetOffsets('g', new Set(['t/0']))).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    expect(() => groups.commitDecided(new Map([['g', groups.offsets.received([at(2)])]]))).toThrow('EIO');
  });
  expect(groups.offsets.get('g', 't', 0)?.offset).toBe(1);
});

test('what members leave in all groups together is limited, and there is room again once some are gone', async () => {
  const groups = groupsOf({ maxGroupBytes: 100_000 });
  const large = { ...JOIN, protocols: [{ name: 'range', metadata: Buffer.alloc(30_000) }] };
  const joined = [];
  for (const id of ['a', 'b', 'c', 'd']) joined.push(await groups.join(id, large));
  expect(joined.map(({ error }) => error)).toEqual([
    ...Array(3).fill(ErrorCode.NONE),
    ErrorCode.GROUP_MAX_SIZE_REACHED,
  ]);
  expect(groups.get('d')).toBeUndefined();
  const memberId = joined[0]?.memberId ?? '';
  const beat = { kind: 'heartbeat', memberId, instanceId: null, generation: 1 } as const;
  expect(await groups.heartbeat('a', beat)).toBe(ErrorCode.NONE);
  // A member that comes again takes no more than it has.
  expect((await groups.join('a', { ...large, memberId })).error).toBe(ErrorCode.NONE);
  expect(await groups.leave('a', { kind: 'leave', memberId, instanceId: null })).toBe(ErrorCode.NONE);
  expect((await groups.join('d', large)).error).toBe(ErrorCode.NONE);
});

test('assignments for which there is no memory are not given, and the group waits for others', async () => {
  const groups = groupsOf({ maxGroupBytes: 50_000 });
  const { memberId } = await groups.join('g', JOIN);
  const share = (bytes: number) =>
    groups.sync('g', {
      kind: 'sync',
      memberId,
      instanceId: null,
      generation: 1,
      protocolType: null,
      protocol: null,
      assignments: new Map([[memberId, Buffer.alloc(bytes)]]),
    });
  expect(await share(50_000)).toMatchObject({ error: ErrorCode.COORDINATOR_NOT_AVAILABLE });
  expect(groups.get('g')?.state).toBe('CompletingRebalance');
  expect(await share(40_000)).toMatchObject({ error: ErrorCode.NONE, assignment: Buffer.alloc(40_000) });
});

test('ids that are given out count, too, until they are used or their time is over', async () => {
  const groups = groupsOf({ maxGroupBytes: 1_024 });
  const asNew = { ...JOIN, idRequired: true, sessionTimeout: 200 };
  const errorOf = async () => (await groups.join('g', asNew)).error;
  expect([await errorOf(), await errorOf(), await errorOf(), await errorOf()]).toEqual([
    ...Array(3).fill(ErrorCode.MEMBER_ID_REQUIRED),
    ErrorCode.GROUP_MAX_SIZE_REACHED,
  ]);
  await expect.poll(errorOf).toBe(ErrorCode.MEMBER_ID_REQUIRED);
});

test('committed offsets count, too: what takes more is refused, what takes no more is stored', async () => {
  const groups = groupsOf({ maxGroupBytes: 1_024 });
  const many = (count: number, offset: number) =>
    Array.from({ length: count }, (_, partition) => ({ ...at(offset), partition }));
  expect(await groups.commit('g', NOBODY, many(3, 1))).toBe(ErrorCode.NONE);
  expect(await groups.commit('g', NOBODY, many(4, 2))).toBe(ErrorCode.POLICY_VIOLATION);
  expect(groups.offsets.get('g', 't', 0)?.offset).toBe(1);
  expect(await groups.commit('g', NOBODY, many(3, 3))).toBe(ErrorCode.NONE);
  expect(groups.offsets.of('g').map(({ committed }) => committed.offset)).toEqual([3, 3, 3]);
  expect((await groups.join('h', JOIN)).error).toBe(ErrorCode.GROUP_MAX_SIZE_REACHED);
});

test('a group that has more than it may, as of a start with another limit, goes on with as much', async () => {
  const dataDir = temporaryFolder();
  const before = groupsOf({ dataDir });
  const noted = (offset: number, metadata: string) => {
    const one = at(offset);
    return [{ ...one, committed: { ...one.committed, metadata } }];
  };
  await before.commit('g', NOBODY, noted(1, 'x'.repeat(1_000)));
  before.close();
  const groups = groupsOf({ dataDir, maxGroupBytes: 1_024 });
  expect(await groups.commit('g', NOBODY, noted(2, 'y'.repeat(1_001)))).toBe(ErrorCode.POLICY_VIOLATION);
  expect(await groups.commit('g', NOBODY, noted(3, 'z'.repeat(1_000)))).toBe(ErrorCode.NONE);
  expect(groups.offsets.get('g', 't', 0)?.offset).toBe(3);
});
