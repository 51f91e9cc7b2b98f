// The group protocol, request by request: the errors that clients steer by.

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import {
  commitOffset,
  committedOffsets,
  heartbeat,
  joinAsNew,
  joinGroup,
  leaveGroup,
  SIMPLE,
  syncGroup,
} from '../group-requests.ts';
import { deleteTopic } from '../requests.ts';
import { kafkaAt } from '../running-broker.ts';
import { wireClient } from '../wire-client.ts';
import { newGroup, newTopic } from './ready.ts';

export function groups(port: () => number): void {
  const clients = async () => [await wireClient(port()), await wireClient(port())] as const;

  test('a new member is given an id and sent back for it', async () => {
    const client = await wireClient(port());
    const group = await newGroup(client);
    const first = await joinGroup(client, group);
    expect(first.error).toBe(ErrorCode.MEMBER_ID_REQUIRED);
    const second = await joinGroup(client, group, { memberId: first.memberId });
    expect(second).toMatchObject({ error: 0, generation: 1, protocol: 'range', leader: first.memberId });
    expect(second.members).toEqual([first.memberId]);
  });

  test('two members form one generation, and each gets its share from the leader', async () => {
    const [one, other] = await clients();
    const group = await newGroup(one);
    const first = await joinAsNew(one, group);
    expect((await syncGroup(one, group, first, { [first.memberId]: 'all' })).assignment).toBe('all');

    const joining = joinAsNew(other, group);
    await expect.poll(() => heartbeat(one, group, first)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
    const [leader, follower] = await Promise.all([
      joinGroup(one, group, { memberId: first.memberId }),
      joining,
    ]);
    expect([leader.generation, follower.generation]).toEqual([2, 2]);
    expect(new Set(leader.members)).toEqual(new Set([leader.memberId, follower.memberId]));
    expect(follower.members).toEqual([]);

    const waiting = syncGroup(other, group, follower);
    const shares = { [leader.memberId]: 'left', [follower.memberId]: 'right' };
    expect((await syncGroup(one, group, leader, shares)).assignment).toBe('left');
    expect((await waiting).assignment).toBe('right');
    expect(await heartbeat(other, group, follower)).toBe(ErrorCode.NONE);
  });

  test('those who are not of the generation are told so', async () => {
    const client = await wireClient(port());
    const group = await newGroup(client);
    const member = await joinAsNew(client, group);
    await syncGroup(client, group, member);
    const old = { ...member, generation: member.generation - 1 };
    const stranger = { ...member, memberId: 'stranger' };
    expect(await heartbeat(client, group, old)).toBe(ErrorCode.ILLEGAL_GENERATION);
    expect(await heartbeat(client, group, stranger)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    expect((await syncGroup(client, group, stranger)).error).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    expect((await joinGroup(client, group, { memberId: 'stranger' })).error).toBe(
      ErrorCode.UNKNOWN_MEMBER_ID,
    );
    expect(await leaveGroup(client, group, 'stranger')).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    expect(await heartbeat(client, `no-${group}`, member)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  });

  test('a join that cannot be is refused', async () => {
    const client = await wireClient(port());
    const group = await newGroup(client);
    const errorOf = async (options: Parameters<typeof joinGroup>[2], name = group) =>
      (await joinGroup(client, name, options)).error;
    expect(await errorOf({}, '')).toBe(ErrorCode.INVALID_GROUP_ID);
    expect(await errorOf({ sessionTimeout: 1 })).toBe(ErrorCode.INVALID_SESSION_TIMEOUT);
    expect(await errorOf({ protocols: [] })).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    await joinAsNew(client, group, { protocols: ['range'] });
    expect(await errorOf({ protocols: ['other'] })).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    expect(await errorOf({ protocolType: 'connect' })).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  });

  test('the protocol that most members prefer is chosen among those all support', async () => {
    const [one, other] = await clients();
    const group = await newGroup(one);
    const first = await joinAsNew(one, group, { protocols: ['sticky', 'range'] });
    await syncGroup(one, group, first);
    const joining = joinAsNew(other, group, { protocols: ['range'] });
    await expect.poll(() => heartbeat(one, group, first)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
    const again = await joinGroup(one, group, { memberId: first.memberId, protocols: ['sticky', 'range'] });
    expect([again.protocol, (await joining).protocol]).toEqual(['range', 'range']);
  });

  test('a member that falls silent is dropped after its session timeout', async () => {
    const [one, other] = await clients();
    const group = await newGroup(one);
    const silent = await joinAsNew(one, group, { sessionTimeout: 300, rebalanceTimeout: 300 });
    await syncGroup(one, group, silent);
    const next = await joinAsNew(other, group, { sessionTimeout: 5000, rebalanceTimeout: 5000 });
    expect(next.members).toEqual([next.memberId]);
    expect(await heartbeat(one, group, silent)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  });

  test('a member that leaves makes the others rebalance at once', async () => {
    const [one, other] = await clients();
    const group = await newGroup(one);
    const first = await joinAsNew(one, group);
    await syncGroup(one, group, first);
    const joining = joinAsNew(other, group);
    await expect.poll(() => heartbeat(one, group, first)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
    const leader = await joinGroup(one, group, { memberId: first.memberId });
    const follower = await joining;
    await Promise.all([syncGroup(other, group, follower), syncGroup(one, group, leader)]);
    expect(await leaveGroup(one, group, leader.memberId)).toBe(ErrorCode.NONE);
    expect(await heartbeat(other, group, follower)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
    expect((await joinGroup(other, group, { memberId: follower.memberId })).members).toEqual([
      follower.memberId,
    ]);
  });

  test('a static member comes back under its instance id without a rebalance, and its old self is fenced', async () => {
    const [one, other] = await clients();
    const group = await newGroup(one);
    const instanceId = 'instance';
    const first = await joinGroup(one, group, { instanceId });
    const memberId = first.error === ErrorCode.MEMBER_ID_REQUIRED ? first.memberId : '';
    const member = memberId ? await joinGroup(one, group, { instanceId, memberId }) : first;
    await syncGroup(one, group, { ...member, instanceId }, { [member.memberId]: 'mine' });

    const back = await joinGroup(other, group, { instanceId });
    expect({ error: back.error, generation: back.generation }).toEqual({
      error: 0,
      generation: member.generation,
    });
    expect((await syncGroup(other, group, { ...back, instanceId })).assignment).toBe('mine');
    expect(await heartbeat(one, group, { ...member, instanceId })).toBe(ErrorCode.FENCED_INSTANCE_ID);
  });

  test('offsets are committed by members of the generation, or by anyone while there are none', async () => {
    const client = await wireClient(port());
    const [group, topic] = [await newGroup(client), await newTopic(client)];
    expect(await commitOffset(client, group, SIMPLE, topic, 5, 'note')).toBe(ErrorCode.NONE);
    expect(await committedOffsets(client, group, [topic])).toEqual(
      new Map([[topic, { offset: 5, metadata: 'note' }]]),
    );
    const member = await joinAsNew(client, group);
    await syncGroup(client, group, member);
    expect(await commitOffset(client, group, SIMPLE, topic, 6)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    const old = { ...member, generation: 99 };
    expect(await commitOffset(client, group, old, topic, 6)).toBe(ErrorCode.ILLEGAL_GENERATION);
    expect(await commitOffset(client, group, member, topic, 6)).toBe(ErrorCode.NONE);
    expect((await committedOffsets(client, group, null)).get(topic)?.offset).toBe(6);
  });

  test('a partition without a committed offset has −1', async () => {
    const client = await wireClient(port());
    const [group, topic] = [await newGroup(client), await newTopic(client)];
    expect((await committedOffsets(client, group, [topic])).get(topic)?.offset).toBe(-1);
    expect(await committedOffsets(client, group, null)).toEqual(new Map());
  });

  test('a commit for what does not exist, or with too long a note, is refused', async () => {
    const client = await wireClient(port());
    const [group, topic] = [await newGroup(client), await newTopic(client)];
    const note = 'x'.repeat(5000);
    expect(await commitOffset(client, group, SIMPLE, topic, 1, note)).toBe(
      ErrorCode.OFFSET_METADATA_TOO_LARGE,
    );
  });

  test('the offsets of a deleted topic are forgotten', async () => {
    const client = await wireClient(port());
    const [group, topic] = [await newGroup(client), await newTopic(client)];
    await commitOffset(client, group, SIMPLE, topic, 5);
    await deleteTopic(client, topic);
    await expect.poll(async () => [...(await committedOffsets(client, group, null)).keys()]).toEqual([]);
  });

  test('groups are listed and described with their members', async () => {
    const client = await wireClient(port());
    const group = await newGroup(client);
    const member = await joinAsNew(client, group);
    await syncGroup(client, group, member, { [member.memberId]: 'share' });
    const admin = kafkaAt(port()).admin();
    await admin.connect();
    const listed = await admin.listGroups();
    expect(listed.groups).toContainEqual({ groupId: group, protocolType: 'test' });
    const absent = `no-${randomUUID()}`;
    const described = await admin.describeGroups([group, absent]);
    const [first, second] = [group, absent].map((id) =>
      described.groups.find(({ groupId }) => groupId === id),
    );
    await admin.disconnect();
    expect(first).toMatchObject({
      state: 'Stable',
      protocol: 'range',
      protocolType: 'test',
    });
    const [seen] = first?.members ?? [];
    expect(seen).toMatchObject({
      memberId: member.memberId,
      clientId: 'wire-client',
      clientHost: '/127.0.0.1',
    });
    expect(String(seen?.memberAssignment)).toBe('share');
    expect(second?.state).toBe('Dead');
  });
}
