// A client joins a group, or joins again. From JoinGroup 4 on a new member first gets an id to join with (KIP-394); a static
// member that returns with its instance id takes its old place without a rebalance (KIP-345).

import { ErrorCode } from '../wire/error-codes.ts';
import { joined, joinRefused, waitRefused } from './answers.ts';
import {
  type Group,
  type GroupLimits,
  type JoinInput,
  type Member,
  type Step,
  withMember,
  withoutMember,
  withoutPending,
} from './group.ts';
import { commonProtocols, prepare } from './rebalance.ts';

const NO_BYTES = Buffer.alloc(0);

/** The step of a JoinGroup request at `now`, ms. */
export function join(group: Group, input: JoinInput, limits: GroupLimits, now: number): Step {
  const known = group.members.get(input.memberId);
  const namesake = staticMember(group, input.instanceId);
  const problem = joinProblem(group, input, known ?? namesake, limits);
  if (problem !== ErrorCode.NONE) return refuse(group, input, problem);
  if (input.memberId === '') {
    return namesake ? replace(group, namesake, input, limits, now) : enter(group, input, limits, now);
  }
  if (group.pending.has(input.memberId)) {
    return seat(withoutPending(group, input.memberId), input, input.memberId, limits, now);
  }
  if (known === undefined) return refuse(group, input, ErrorCode.UNKNOWN_MEMBER_ID);
  return bringsNews(group, known, input)
    ? seat(group, input, known.id, limits, now)
    : { group: refreshed(group, known, now), effects: [joined(input.ticket, group, known)] };
}

function refuse(group: Group, input: JoinInput, error: ErrorCode): Step {
  return { group, effects: [joinRefused(input.ticket, error, input.memberId)] };
}

function refreshed(group: Group, member: Member, now: number): Group {
  return withMember(group, { ...member, deadline: now + member.sessionTimeout });
}

/** The member that holds this instance id. */
export function staticMember(group: Group, instanceId: string | null): Member | undefined {
  if (instanceId === null) return undefined;
  return [...group.members.values()].find((member) => member.instanceId === instanceId);
}

function joinProblem(
  group: Group,
  input: JoinInput,
  self: Member | undefined,
  limits: GroupLimits,
): ErrorCode {
  if (input.sessionTimeout < limits.minSessionTimeout || input.sessionTimeout > limits.maxSessionTimeout) {
    return ErrorCode.INVALID_SESSION_TIMEOUT;
  }
  if (input.protocolType === '' || input.protocols.length === 0) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
  const others = [...group.members.values()].filter((member) => member !== self);
  const fits =
    others.length === 0 ||
    (group.protocolType === input.protocolType &&
      commonProtocols([newMember(input, '', 0), ...others]).length > 0);
  if (!fits) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
  if (input.memberId !== '' && input.instanceId !== null) return staticProblem(group, input);
  const isFull = group.members.size + group.pending.size >= limits.maxSize;
  return self === undefined && input.memberId === '' && isFull
    ? ErrorCode.GROUP_MAX_SIZE_REACHED
    : ErrorCode.NONE;
}

function staticProblem(group: Group, input: JoinInput): ErrorCode {
  const holder = staticMember(group, input.instanceId);
  if (holder === undefined) {
    return group.pending.has(input.memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
  }
  return holder.id === input.memberId ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID;
}

/** A client without an id gets one to join with, or becomes a member at once. */
function enter(group: Group, input: JoinInput, limits: GroupLimits, now: number): Step {
  const isStatic = input.instanceId !== null;
  if (!input.idRequired || isStatic) return seat(group, input, input.newMemberId, limits, now);
  const pending = new Map(group.pending).set(input.newMemberId, now + input.sessionTimeout);
  const effects = [joinRefused(input.ticket, ErrorCode.MEMBER_ID_REQUIRED, input.newMemberId)];
  return { group: { ...group, pending }, effects };
}

function newMember(input: JoinInput, id: string, now: number): Member {
  const { instanceId, clientId, clientHost, sessionTimeout, rebalanceTimeout, protocols, ticket } = input;
  const timeouts = { sessionTimeout, rebalanceTimeout, deadline: now + sessionTimeout };
  const waiting = { for: 'join', ticket } as const;
  return { id, instanceId, clientId, clientHost, ...timeouts, protocols, assignment: NO_BYTES, waiting };
}

/** Adds or updates the member and rebalances; an earlier request of it that still waits is refused. */
function seat(group: Group, input: JoinInput, id: string, limits: GroupLimits, now: number): Step {
  const before = group.members.get(id);
  const effects = before ? waitRefused(before, ErrorCode.REBALANCE_IN_PROGRESS) : [];
  const member = { ...newMember(input, id, now), assignment: before?.assignment ?? NO_BYTES };
  const next = prepare({ ...withMember(group, member), protocolType: input.protocolType }, limits, now);
  return { group: next.group, effects: [...effects, ...next.effects] };
}

function sameProtocols(member: Member, input: JoinInput): boolean {
  return (
    member.protocols.length === input.protocols.length &&
    member.protocols.every(({ name, metadata }, i) => {
      const other = input.protocols[i];
      return other?.name === name && other.metadata.equals(metadata);
    })
  );
}

/** Whether this join of a member requires a rebalance; in a stable group the leader's always does. */
function bringsNews(group: Group, member: Member, input: JoinInput): boolean {
  if (group.state === 'PreparingRebalance') return true;
  if (group.state === 'Stable' && group.leader === member.id) return true;
  return !sameProtocols(member, input);
}

/** A static member returns without its id: it gets a new id, and the old one is fenced. */
function replace(group: Group, old: Member, input: JoinInput, limits: GroupLimits, now: number): Step {
  const effects = waitRefused(old, ErrorCode.FENCED_INSTANCE_ID);
  const leader = group.leader === old.id ? input.newMemberId : group.leader;
  const vacated = { ...withoutMember(group, old.id), leader };
  if (group.state === 'Stable' && sameProtocols(old, input)) {
    const member = { ...newMember(input, input.newMemberId, now), assignment: old.assignment, waiting: null };
    const next = withMember(vacated, member);
    // With the old leader's id in its response, a returning leader acts as a follower and does not assign again; from
    // JoinGroup 9 on skipAssignment says so (KIP-814).
    const answer = input.maySkip
      ? joined(input.ticket, next, member, leader, leader === member.id)
      : joined(input.ticket, next, member, group.leader);
    return { group: next, effects: [...effects, answer] };
  }
  const next = seat(vacated, input, input.newMemberId, limits, now);
  return { group: next.group, effects: [...effects, ...next.effects] };
}
