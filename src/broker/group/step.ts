// The state machine of a consumer group: (group, input, now) → (group, effects). It is pure: the driver supplies the clock,
// timers, connections and random ids. Errors and their precedence are those of Apache Kafka's GroupCoordinator, for which
// clients were written.

import { ErrorCode } from '../wire/error-codes.ts';
import { plain, synced, syncRefused, waitRefused } from './answers.ts';
import {
  type CommitInput,
  type Group,
  type GroupLimits,
  type HeartbeatInput,
  type Input,
  type LeaveInput,
  type Member,
  type Step,
  type SyncInput,
  withMember,
  withoutPending,
} from './group.ts';
import { join, staticMember } from './join.ts';
import { prepare, remove, tick } from './rebalance.ts';

/** The next state and the effects of an input at `now` (ms). */
export function step(group: Group, input: Input, limits: GroupLimits, now: number): Step {
  switch (input.kind) {
    case 'join':
      return join(group, input, limits, now);
    case 'sync':
      return sync(group, input, now);
    case 'heartbeat':
      return heartbeat(group, input, now);
    case 'commit':
      return commit(group, input, now);
    case 'leave':
      return leave(group, input, limits, now);
    case 'tick':
      return tick(group, limits, now);
  }
}

/** The member that sent the request, or the error where it is no member of this generation. */
function sender(group: Group, input: SyncInput | HeartbeatInput | CommitInput): Member | ErrorCode {
  const holder = staticMember(group, input.instanceId);
  if (holder && holder.id !== input.memberId) return ErrorCode.FENCED_INSTANCE_ID;
  const member = group.members.get(input.memberId);
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  return input.generation === group.generation ? member : ErrorCode.ILLEGAL_GENERATION;
}

function heard(group: Group, member: Member, now: number): Group {
  return withMember(group, { ...member, deadline: now + member.sessionTimeout });
}

function heartbeat(group: Group, input: HeartbeatInput, now: number): Step {
  const member = sender(group, input);
  if (typeof member === 'number') return { group, effects: [plain(input.ticket, member)] };
  const error = group.state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
  return { group: heard(group, member, now), effects: [plain(input.ticket, error)] };
}

/** A group without members accepts offsets without a generation, from tools and consumers that assign partitions themselves. */
function commit(group: Group, input: CommitInput, now: number): Step {
  const isNobody = input.generation < 0 && input.memberId === '' && input.instanceId === null;
  if ((input.generation < 0 && group.members.size === 0) || (isNobody && input.isTransactional))
    return { group, effects: [plain(input.ticket, ErrorCode.NONE)] };
  const member = sender(group, input);
  if (typeof member === 'number') return { group, effects: [plain(input.ticket, member)] };
  const mustWait = group.state === 'CompletingRebalance' && !input.isTransactional;
  const error = mustWait ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
  return { group: heard(group, member, now), effects: [plain(input.ticket, error)] };
}

function leave(group: Group, input: LeaveInput, limits: GroupLimits, now: number): Step {
  const answer = plain(input.ticket, ErrorCode.NONE);
  if (input.instanceId !== null) return leaveStatic(group, input, limits, now);
  if (group.pending.has(input.memberId)) {
    const rest = withoutPending(group, input.memberId);
    const next =
      group.state === 'PreparingRebalance' ? prepare(rest, limits, now) : { group: rest, effects: [] };
    return { group: next.group, effects: [answer, ...next.effects] };
  }
  const member = group.members.get(input.memberId);
  if (member === undefined) return { group, effects: [plain(input.ticket, ErrorCode.UNKNOWN_MEMBER_ID)] };
  const next = remove(group, member, limits, now);
  return { group: next.group, effects: [answer, ...next.effects] };
}

/** Removes a static member, at its own request or at that of an administrator, who sends the instance id alone. */
function leaveStatic(group: Group, input: LeaveInput, limits: GroupLimits, now: number): Step {
  const holder = staticMember(group, input.instanceId);
  if (holder === undefined) return { group, effects: [plain(input.ticket, ErrorCode.UNKNOWN_MEMBER_ID)] };
  if (input.memberId !== '' && input.memberId !== holder.id)
    return { group, effects: [plain(input.ticket, ErrorCode.FENCED_INSTANCE_ID)] };
  const next = remove(group, holder, limits, now);
  return { group: next.group, effects: [plain(input.ticket, ErrorCode.NONE), ...next.effects] };
}

function isOfProtocol(group: Group, { protocolType, protocol }: SyncInput): boolean {
  return (
    (protocolType === null || protocolType === group.protocolType) &&
    (protocol === null || protocol === group.protocol)
  );
}

function sync(group: Group, input: SyncInput, now: number): Step {
  const member = sender(group, input);
  if (typeof member === 'number') return { group, effects: [syncRefused(input.ticket, member)] };
  if (!isOfProtocol(group, input))
    return { group, effects: [syncRefused(input.ticket, ErrorCode.INCONSISTENT_GROUP_PROTOCOL)] };
  if (group.state === 'PreparingRebalance') {
    return { group, effects: [syncRefused(input.ticket, ErrorCode.REBALANCE_IN_PROGRESS)] };
  }
  if (group.state === 'Stable') {
    return { group: heard(group, member, now), effects: [synced(input.ticket, group, member.assignment)] };
  }
  const effects = waitRefused(member, ErrorCode.REBALANCE_IN_PROGRESS);
  const waiting = withMember(group, { ...member, waiting: { for: 'sync', ticket: input.ticket } });
  if (member.id !== group.leader) return { group: waiting, effects };
  const next = assign(waiting, input.assignments, now);
  return { group: next.group, effects: [...effects, ...next.effects] };
}

/** The leader's SyncGroup: every member gets its assignment, and the group is stable. */
function assign(group: Group, assignments: ReadonlyMap<string, Buffer>, now: number): Step {
  const everyone = [...group.members.values()];
  const shareOf = (member: Member) => assignments.get(member.id) ?? Buffer.alloc(0);
  const seated = everyone.map((member): [string, Member] => [
    member.id,
    { ...member, assignment: shareOf(member), waiting: null, deadline: now + member.sessionTimeout },
  ]);
  return {
    group: { ...group, state: 'Stable', members: new Map(seated), rebalanceDeadline: null },
    effects: everyone.flatMap((m) => (m.waiting ? [synced(m.waiting.ticket, group, shareOf(m))] : [])),
  };
}
