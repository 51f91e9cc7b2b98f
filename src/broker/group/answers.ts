// The responses of a group's state machine.

import { ErrorCode } from '../wire/error-codes.ts';
import { type Effect, type Group, type Member, metadataOf, type Ticket } from './group.ts';

const NO_BYTES = Buffer.alloc(0);

export function plain(ticket: Ticket, error: ErrorCode): Effect {
  return { ticket, answer: { kind: 'plain', error } };
}

export function joinRefused(ticket: Ticket, error: ErrorCode, memberId: string): Effect {
  return {
    ticket,
    answer: {
      kind: 'join',
      error,
      generation: -1,
      protocolType: '',
      protocol: '',
      leader: '',
      skipAssignment: false,
      memberId,
      members: [],
    },
  };
}

/** The JoinGroup response of the current generation for `member`. @param leader the member that the response names as leader */
export function joined(
  ticket: Ticket,
  group: Group,
  member: Member,
  leader = group.leader,
  skipAssignment = false,
): Effect {
  const everyone = [...group.members.values()];
  const members = everyone.map(({ id, instanceId, ...rest }) => ({
    id,
    instanceId,
    metadata: metadataOf({ id, instanceId, ...rest }, group.protocol),
  }));
  const { generation, protocol, protocolType } = group;
  const answer = {
    kind: 'join',
    error: ErrorCode.NONE,
    generation,
    protocolType,
    protocol,
    leader,
    skipAssignment,
    memberId: member.id,
  } as const;
  return { ticket, answer: { ...answer, members: member.id === leader ? members : [] } };
}

export function synced(ticket: Ticket, { protocolType, protocol }: Group, assignment: Buffer): Effect {
  return { ticket, answer: { kind: 'sync', error: ErrorCode.NONE, protocolType, protocol, assignment } };
}

export function syncRefused(ticket: Ticket, error: ErrorCode): Effect {
  return { ticket, answer: { kind: 'sync', error, protocolType: '', protocol: '', assignment: NO_BYTES } };
}

/** Responds with an error to the member's waiting request, if there is one. */
export function waitRefused(member: Member, error: ErrorCode): Effect[] {
  if (member.waiting === null) return [];
  const { ticket } = member.waiting;
  return [member.waiting.for === 'join' ? joinRefused(ticket, error, member.id) : syncRefused(ticket, error)];
}
