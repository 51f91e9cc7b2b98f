// A rebalance: its beginning, its barrier, and the members that it removes. The barrier opens when every member has joined
// again or the longest rebalance timeout has passed; with a shorter, fixed timeout members could evict each other for ever.

import { ErrorCode } from '../wire/error-codes.ts';
import { joined, waitRefused } from './answers.ts';
import { type Effect, type Group, type GroupLimits, type Member, type Step, withoutMember } from './group.ts';

function longestRebalance(group: Group): number {
  return Math.max(0, ...[...group.members.values()].map((member) => member.rebalanceTimeout));
}

/** Begins a rebalance, or continues the current one. */
export function prepare(group: Group, limits: GroupLimits, now: number): Step {
  if (group.state === 'PreparingRebalance') return completeIfAllJoined(group, now);
  const members = new Map<string, Member>();
  const effects: Effect[] = [];
  for (const member of group.members.values()) {
    const waits = member.waiting?.for === 'sync';
    if (waits) effects.push(...waitRefused(member, ErrorCode.REBALANCE_IN_PROGRESS));
    members.set(
      member.id,
      waits ? { ...member, waiting: null, deadline: now + member.sessionTimeout } : member,
    );
  }
  const delay = group.state === 'Empty' ? limits.initialRebalanceDelay : 0;
  const notBefore = delay > 0 ? now + delay : 0;
  const rebalanceDeadline = now + delay + longestRebalance(group);
  const next = completeIfAllJoined(
    { ...group, state: 'PreparingRebalance', members, rebalanceDeadline, notBefore },
    now,
  );
  return { group: next.group, effects: [...effects, ...next.effects] };
}

function completeIfAllJoined(group: Group, now: number): Step {
  const missing = [...group.members.values()].some((member) => member.waiting?.for !== 'join');
  if (group.members.size > 0 && (missing || group.pending.size > 0 || now < group.notBefore)) {
    return { group, effects: [] };
  }
  return complete(group, now);
}

/** Opens the barrier: the members that joined form the next generation; others are removed, except static ones. */
function complete(group: Group, now: number): Step {
  const left = [...group.members.values()].filter((member) => member.waiting || member.instanceId !== null);
  const present = left.filter((member) => member.waiting);
  const first = present[0];
  if (left.length === 0) return { group: becomeEmpty(group, now), effects: [] };
  if (first === undefined)
    return { group: { ...group, rebalanceDeadline: now + longestRebalance(group) }, effects: [] };

  const leader = present.some((member) => member.id === group.leader) ? group.leader : first.id;
  const next: Group = {
    ...group,
    state: 'CompletingRebalance',
    generation: group.generation + 1,
    protocol: vote(left),
    leader,
    members: new Map(left.map((m) => [m.id, { ...m, waiting: null, deadline: now + m.sessionTimeout }])),
    rebalanceDeadline: now + longestRebalance(group),
    notBefore: 0,
  };
  const effects = present.flatMap((member) =>
    member.waiting ? [joined(member.waiting.ticket, next, member)] : [],
  );
  return { group: next, effects };
}

function becomeEmpty(group: Group, now: number): Group {
  const { generation } = group;
  const reset = { members: new Map(), leader: '', protocol: '', rebalanceDeadline: null, notBefore: 0 };
  return { ...group, ...reset, state: 'Empty', generation: generation + 1, emptySince: now };
}

/** The names of the protocols that every one of `members` supports. */
export function commonProtocols(members: readonly Member[]): string[] {
  const [first, ...others] = members;
  const supported = others.map(({ protocols }) => new Set(protocols.map(({ name }) => name)));
  const names = first?.protocols.map((protocol) => protocol.name) ?? [];
  return names.filter((name) => supported.every((those) => those.has(name)));
}

/** The protocol with the most votes: each member votes for the first of its protocols that all support. */
function vote(members: readonly Member[]): string {
  const common = commonProtocols(members);
  const votes = members.map((member) => member.protocols.find((p) => common.includes(p.name))?.name);
  const count = (name: string) => votes.filter((other) => other === name).length;
  return common.reduce((best, name) => (count(name) > count(best) ? name : best), common[0] ?? '');
}

/** Removes a member and rebalances the rest. */
export function remove(group: Group, member: Member, limits: GroupLimits, now: number): Step {
  const effects = waitRefused(member, ErrorCode.UNKNOWN_MEMBER_ID);
  const next = prepare(withoutMember(group, member.id), limits, now);
  return { group: next.group, effects: [...effects, ...next.effects] };
}

/** Removes expired members and pending ids, and opens a barrier whose deadline has passed. */
export function tick(group: Group, limits: GroupLimits, now: number): Step {
  const pending = new Map([...group.pending].filter(([, deadline]) => deadline > now));
  const isSilent = (member: Member) => member.waiting === null && member.deadline <= now;
  const silent = [...group.members.values()].filter(isSilent);
  const members = new Map([...group.members].filter(([, member]) => !isSilent(member)));
  const next = { ...group, pending, members, notBefore: group.notBefore > now ? group.notBefore : 0 };
  const timeIsUp = group.rebalanceDeadline !== null && group.rebalanceDeadline <= now;
  if (group.state === 'PreparingRebalance')
    return timeIsUp ? complete(next, now) : completeIfAllJoined(next, now);
  if (group.state === 'CompletingRebalance' && timeIsUp) return prepare(onlySynced(next), limits, now);
  return silent.length > 0 ? prepare(next, limits, now) : { group: next, effects: [] };
}

/** The group without members whose SyncGroup did not come in time. */
function onlySynced(group: Group): Group {
  return {
    ...group,
    members: new Map([...group.members].filter(([, member]) => member.waiting?.for === 'sync')),
  };
}
