// A consumer group as a value, and the inputs and effects of its state machine (step.ts). Everything is read-only: a step
// returns a new group. A ticket identifies a request that waits for its response; the driver (coordinator.ts) holds its
// connection. Only the classic protocol is served, not KIP-848.
//
//   Empty ─join→ PreparingRebalance ─all joined, or timeout→ CompletingRebalance ─leader syncs→ Stable
//   PreparingRebalance ←─ new or changed member, leave, session timeout ─ CompletingRebalance, Stable

import type { ErrorCode } from '../wire/error-codes.ts';

export type Ticket = number;

export type Protocol = {
  readonly name: string;
  readonly metadata: Buffer;
};

export type Member = {
  readonly id: string;
  /** group.instance.id of a static member (KIP-345). */
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** ms */
  readonly sessionTimeout: number;
  /** ms */
  readonly rebalanceTimeout: number;
  readonly protocols: readonly Protocol[];
  readonly assignment: Buffer;
  readonly waiting: { readonly for: 'join' | 'sync'; readonly ticket: Ticket } | null;
  /** When it is removed unless it sends a request before, ms; not applied while it waits for a response. */
  readonly deadline: number;
};

export type Group = {
  readonly id: string;
  readonly state: 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';
  readonly generation: number;
  readonly protocolType: string;
  readonly protocol: string;
  readonly leader: string;
  readonly members: ReadonlyMap<string, Member>;
  /** Ids given out with MEMBER_ID_REQUIRED (KIP-394) whose clients have not joined yet, with their deadlines. */
  readonly pending: ReadonlyMap<string, number>;
  /** When a rebalance continues without missing members, ms; null outside of one. */
  readonly rebalanceDeadline: number | null;
  /** A first rebalance does not end before this time, ms. */
  readonly notBefore: number;
  /** Since when it has no members, ms. */
  readonly emptySince: number;
};

export type GroupLimits = {
  readonly minSessionTimeout: number;
  readonly maxSessionTimeout: number;
  readonly maxSize: number;
  readonly initialRebalanceDelay: number;
};

export type JoinInput = {
  readonly kind: 'join';
  readonly ticket: Ticket;
  /** '' for a client that has no id yet. */
  readonly memberId: string;
  /** The id that it gets if it needs one. */
  readonly newMemberId: string;
  /** Whether a new member must join again with the id that it gets (JoinGroup 4 and later). */
  readonly idRequired: boolean;
  /** Whether a leader understands skipAssignment (JoinGroup 9 and later). */
  readonly maySkip: boolean;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  readonly protocolType: string;
  readonly protocols: readonly Protocol[];
};

type MemberInput = {
  readonly ticket: Ticket;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generation: number;
};

export type SyncInput = MemberInput & {
  readonly kind: 'sync';
  /** The group's protocol type as the member sends it; null if not sent. */
  readonly protocolType: string | null;
  readonly protocol: string | null;
  readonly assignments: ReadonlyMap<string, Buffer>;
};

export type HeartbeatInput = MemberInput & {
  readonly kind: 'heartbeat';
};

/** Checks whether this member may commit offsets now. */
export type CommitInput = MemberInput & {
  readonly kind: 'commit';
  /** Part of a transaction, for which older clients send no member. */
  readonly isTransactional: boolean;
};

export type LeaveInput = {
  readonly kind: 'leave';
  readonly ticket: Ticket;
  /** '' for a static member that is known by its instance id alone. */
  readonly memberId: string;
  readonly instanceId: string | null;
};

export type Input =
  | JoinInput
  | SyncInput
  | HeartbeatInput
  | CommitInput
  | LeaveInput
  | { readonly kind: 'tick' };

export type JoinAnswer = {
  readonly kind: 'join';
  readonly error: ErrorCode;
  readonly generation: number;
  readonly protocolType: string;
  readonly protocol: string;
  readonly leader: string;
  /** True where the leader must not assign again. */
  readonly skipAssignment: boolean;
  readonly memberId: string;
  /** All members, for the leader; none for the others. */
  readonly members: readonly { id: string; instanceId: string | null; metadata: Buffer }[];
};

export type SyncAnswer = {
  readonly kind: 'sync';
  readonly error: ErrorCode;
  readonly protocolType: string;
  readonly protocol: string;
  readonly assignment: Buffer;
};

export type PlainAnswer = {
  readonly kind: 'plain';
  readonly error: ErrorCode;
};

export type Effect = {
  readonly ticket: Ticket;
  readonly answer: JoinAnswer | SyncAnswer | PlainAnswer;
};

export type Step = {
  readonly group: Group;
  readonly effects: readonly Effect[];
};

export function emptyGroup(id: string, now: number): Group {
  return {
    id,
    state: 'Empty',
    generation: 0,
    protocolType: '',
    protocol: '',
    leader: '',
    members: new Map(),
    pending: new Map(),
    rebalanceDeadline: null,
    notBefore: 0,
    emptySince: now,
  };
}

/** The group with this member added or replaced. */
export function withMember(group: Group, member: Member): Group {
  return { ...group, members: new Map(group.members).set(member.id, member) };
}

export function withoutMember(group: Group, id: string): Group {
  const members = new Map(group.members);
  members.delete(id);
  return { ...group, members };
}

export function withoutPending(group: Group, id: string): Group {
  const pending = new Map(group.pending);
  pending.delete(id);
  return { ...group, pending };
}

const MEMBER_BYTES = 1_000;
const PROTOCOL_BYTES = 200;
const PENDING_BYTES = 300;

/** About how many bytes of memory a group's members and pending ids take. */
export function bytesOf({ members, pending }: Pick<Group, 'members' | 'pending'>): number {
  let bytes = pending.size * PENDING_BYTES;
  for (const { clientId, instanceId, protocols, assignment } of members.values()) {
    bytes += MEMBER_BYTES + clientId.length + (instanceId?.length ?? 0) + assignment.length;
    for (const { name, metadata } of protocols) bytes += PROTOCOL_BYTES + name.length + metadata.length;
  }
  return bytes;
}

/** The metadata with which `member` supports the group's protocol. */
export function metadataOf(member: Member, protocol: string): Buffer {
  return member.protocols.find((p) => p.name === protocol)?.metadata ?? Buffer.alloc(0);
}

/** When the group needs its next tick, ms; null if it needs none. */
export function nextDeadline(group: Group): number | null {
  const silent = [...group.members.values()].filter((member) => member.waiting === null);
  const deadlines = [...silent.map((member) => member.deadline), ...group.pending.values()];
  if (group.rebalanceDeadline !== null) deadlines.push(group.rebalanceDeadline);
  if (group.state === 'PreparingRebalance' && group.notBefore > 0) deadlines.push(group.notBefore);
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}
