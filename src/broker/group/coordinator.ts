// Drives the group state machine: supplies the time, timers and member ids, holds the waiting requests, and lets it decide
// which commits of offsets are accepted. A group without members and offsets is removed.

import type { Change, Journal } from '../journal.ts';
import { crypto } from '../late.ts';
import { callAt, lookAfter } from '../moments.ts';
import type { Settings } from '../options.ts';
import { steadyNow } from '../steady-clock.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import { joinRefused, plain, syncRefused } from './answers.ts';
import {
  bytesOf,
  type CommitInput,
  type Effect,
  emptyGroup,
  type Group,
  type GroupLimits,
  type HeartbeatInput,
  type Input,
  type JoinAnswer,
  type JoinInput,
  type LeaveInput,
  nextDeadline,
  type SyncAnswer,
  type SyncInput,
} from './group.ts';
import { Offsets, type PartitionOffset } from './offsets.ts';
import { step } from './step.ts';

type Answer = Effect['answer'];
type Asked<I extends { ticket: number }> = Omit<I, 'ticket'>;

const LONGEST_NAME = 249; // characters of a client's name in a member's id
const LONGEST_LOOK_MS = 2 ** 31 - 1; // the limit of setTimeout; a later deadline takes several ticks

export class Groups {
  readonly offsets: Offsets;
  #settings: Settings;
  #limits: GroupLimits;
  #groups = new Map<string, Group>();
  /** bytesOf each group, and of all together. */
  #sizes = new Map<string, number>();
  #bytes = 0;
  /** When each group gets its next tick. */
  #looks = new Map<string, { readonly at: number; forget(): void }>();
  #waiting = new Map<number, (answer: Answer) => void>();
  #lastTicket = 0;

  constructor(journal: Journal, settings: Settings, now: number) {
    this.offsets = new Offsets(journal);
    this.#settings = settings;
    this.#limits = {
      minSessionTimeout: settings.groupMinSessionTimeoutMs,
      maxSessionTimeout: settings.groupMaxSessionTimeoutMs,
      maxSize: settings.groupMaxSize,
      initialRebalanceDelay: settings.groupInitialRebalanceDelayMs,
    };
    for (const id of this.offsets.groups()) this.#groups.set(id, emptyGroup(id, now));
  }

  get(id: string): Group | undefined {
    return this.#groups.get(id);
  }

  all(): Group[] {
    return [...this.#groups.values()];
  }

  async join(id: string, input: Omit<Asked<JoinInput>, 'newMemberId'>): Promise<JoinAnswer> {
    const newMemberId = `${(input.instanceId ?? input.clientId).slice(0, LONGEST_NAME)}-${crypto().randomUUID()}`;
    const answer = await this.#ask(id, (ticket) => ({ ...input, newMemberId, ticket }), this.#canOpen(id));
    return answer.kind === 'join' ? answer : mixedUp(answer);
  }

  async sync(id: string, input: Asked<SyncInput>): Promise<SyncAnswer> {
    const answer = await this.#ask(id, (ticket) => ({ ...input, ticket }));
    return answer.kind === 'sync' ? answer : mixedUp(answer);
  }

  async heartbeat(id: string, input: Asked<HeartbeatInput>): Promise<ErrorCode> {
    return (await this.#ask(id, (ticket) => ({ ...input, ticket }))).error;
  }

  async leave(id: string, input: Asked<LeaveInput>): Promise<ErrorCode> {
    return (await this.#ask(id, (ticket) => ({ ...input, ticket }))).error;
  }

  /** Commits if this member may; the caller has checked that the partitions exist. */
  async commit(
    id: string,
    member: { memberId: string; instanceId: string | null; generation: number },
    offsets: readonly PartitionOffset[],
  ): Promise<ErrorCode> {
    const error = await this.#mayCommit(id, { isTransactional: false, ...member });
    return error === ErrorCode.NONE && offsets.length > 0 ? this.#store(id, offsets) : error;
  }

  /** Checks that this member may commit offsets at the end of a transaction; `memberId` is '' if not sent. */
  mayCommitLater(
    id: string,
    member: { memberId: string; generation: number; instanceId: string | null },
  ): Promise<ErrorCode> {
    return this.#mayCommit(id, { ...member, isTransactional: true });
  }

  async #mayCommit(id: string, member: Omit<Asked<CommitInput>, 'kind'>): Promise<ErrorCode> {
    const opens = member.generation < 0 && this.#canOpen(id);
    return (await this.#ask(id, (ticket) => ({ kind: 'commit', ...member, ticket }), opens)).error;
  }

  #store(id: string, offsets: readonly PartitionOffset[]): ErrorCode {
    if (!this.#hasRoom(this.offsets.growthBy(id, offsets))) return ErrorCode.POLICY_VIOLATION;
    try {
      this.commitDecided(new Map([[id, this.offsets.received(offsets)]]));
    } catch (error) {
      this.#settings.log.error({ group: id, error }, 'cannot write committed offsets');
      return ErrorCode.COORDINATOR_NOT_AVAILABLE; // clients try again
    }
    return ErrorCode.NONE;
  }

  /**
   * Commits the offsets of a decided transaction, without a check of members, in one write with other changes of the journal.
   * Throws where the write fails. See Offsets.commit.
   */
  commitDecided(
    offsets: ReadonlyMap<string, readonly PartitionOffset[]>,
    also: readonly Change[] = [],
  ): void {
    this.offsets.commit(offsets, this.#settings.fsyncMs === 0, also);
    for (const id of offsets.keys()) this.#keep(this.#groups.get(id) ?? emptyGroup(id, steadyNow()));
  }

  #canOpen(id: string): boolean {
    return this.#groups.has(id) || this.#groups.size < this.#settings.maxGroups;
  }

  /** Passes a request to its group; a missing group is created only if `opens`. */
  #ask(
    id: string,
    inputFor: (ticket: number) => Exclude<Input, { kind: 'tick' }>,
    opens = false,
  ): Promise<Answer> {
    const input = inputFor(++this.#lastTicket);
    const group = this.#groups.get(id) ?? (opens ? emptyGroup(id, steadyNow()) : undefined);
    if (group === undefined) return Promise.resolve(unknownGroup(input).answer);
    return new Promise((resolve) => {
      this.#waiting.set(input.ticket, resolve);
      this.#run(group, input);
    });
  }

  #run(group: Group, input: Input): void {
    const { group: next, effects } = step(group, input, this.#limits, steadyNow());
    const before = this.#sizes.get(group.id) ?? 0;
    const size = isSizeKept(input) ? before : bytesOf(next);
    if (!this.#hasRoom(size - before) && input.kind !== 'tick') {
      // The step is discarded: it is a value, and has changed nothing.
      this.#answer(tooMuch(input));
      return;
    }
    if (next.state !== group.state || next.generation !== group.generation) {
      const { state, generation, members } = next;
      this.#settings.log.debug({ group: next.id, state, generation, members: members.size }, 'group changed');
    }
    this.#keep(next, size);
    for (const effect of effects) this.#answer(effect);
  }

  /** Whether groups may take `bytes` more; always if that is not above 0. */
  #hasRoom(bytes: number): boolean {
    return bytes <= 0 || this.#bytes + this.offsets.bytes + bytes <= this.#settings.maxGroupBytes;
  }

  #answer({ ticket, answer }: Effect): void {
    this.#waiting.get(ticket)?.(answer);
    this.#waiting.delete(ticket);
  }

  #keep(group: Group, size = this.#sizes.get(group.id) ?? 0): void {
    const isIdle = group.members.size === 0 && group.pending.size === 0;
    this.#bytes += size - (this.#sizes.get(group.id) ?? 0);
    if (size > 0) this.#sizes.set(group.id, size);
    else this.#sizes.delete(group.id);
    if (isIdle && !this.offsets.has(group.id)) {
      this.#forgetLook(group.id);
      this.#groups.delete(group.id);
      return;
    }
    this.#groups.set(group.id, group);
    const deadline = nextDeadline(group);
    if (deadline !== null) this.#lookBy(group.id, deadline);
    else this.#forgetLook(group.id);
  }

  /** Sets the group's next tick. Each heartbeat postpones the deadline: an earlier tick is left, and sets the next one. */
  #lookBy(id: string, deadline: number): void {
    const at = Math.min(lookAfter(deadline), steadyNow() + LONGEST_LOOK_MS);
    if ((this.#looks.get(id)?.at ?? Number.POSITIVE_INFINITY) <= at) return;
    this.#forgetLook(id);
    const tick = () => {
      this.#looks.delete(id);
      const group = this.#groups.get(id);
      if (group) this.#run(group, { kind: 'tick' });
    };
    this.#looks.set(id, { at, forget: callAt(at, tick) });
  }

  #forgetLook(id: string): void {
    this.#looks.get(id)?.forget();
    this.#looks.delete(id);
  }

  /** Deletes offsets that groups without members committed before `since` (KIP-211), and those of deleted topics. */
  expire(since: number): void {
    for (const group of this.#groups.values()) {
      if (group.members.size > 0 || group.emptySince >= since) continue;
      this.offsets.forget(group.id, ({ committed }) => committed.at < since);
      this.#keep(group);
    }
  }

  /** Deletes a group without members, with its committed offsets. */
  delete(id: string): ErrorCode {
    const group = this.#groups.get(id);
    if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND;
    if (group.members.size > 0 || group.pending.size > 0) return ErrorCode.NON_EMPTY_GROUP;
    return this.#forget(group, () => true);
  }

  /** Deletes a group's offsets of these partitions, each `topic/partition`; the caller has checked that it may. */
  forgetOffsets(id: string, partitions: ReadonlySet<string>): ErrorCode {
    const group = this.#groups.get(id);
    if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND;
    return this.#forget(group, ({ topic, partition }) => partitions.has(`${topic}/${partition}`));
  }

  #forget(group: Group, isGone: (offset: PartitionOffset) => boolean): ErrorCode {
    try {
      this.offsets.forget(group.id, isGone);
    } catch (error) {
      this.#settings.log.error({ group: group.id, error }, 'cannot write that offsets are deleted');
      return ErrorCode.COORDINATOR_NOT_AVAILABLE; // clients try again
    }
    this.#keep(group);
    return ErrorCode.NONE;
  }

  /** Deletes all offsets of a topic that is deleted with them. @param store see Offsets.forgetTopic; what it throws is thrown */
  forgetTopic(topic: string, store: (changes: readonly Change[]) => void): void {
    this.offsets.forgetTopic(topic, store);
    for (const group of this.#groups.values()) this.#keep(group);
  }

  close(): void {
    for (const id of [...this.#looks.keys()]) this.#forgetLook(id);
  }
}

/** The response to a request for a group that does not exist. */
function unknownGroup(input: Exclude<Input, { kind: 'tick' }>): Effect {
  switch (input.kind) {
    case 'join':
      return joinRefused(input.ticket, ErrorCode.GROUP_MAX_SIZE_REACHED, '');
    case 'sync':
      return syncRefused(input.ticket, ErrorCode.UNKNOWN_MEMBER_ID);
    case 'commit':
      return plain(
        input.ticket,
        input.generation < 0 ? ErrorCode.POLICY_VIOLATION : ErrorCode.ILLEGAL_GENERATION,
      );
    default:
      return plain(input.ticket, ErrorCode.UNKNOWN_MEMBER_ID);
  }
}

/** Whether an input can't change a group's size in memory. */
const isSizeKept = ({ kind }: Input): boolean => kind === 'heartbeat' || kind === 'commit';

/** The response to a request for which groups have no memory left. */
function tooMuch(input: Exclude<Input, { kind: 'tick' }>): Effect {
  switch (input.kind) {
    case 'join':
      return joinRefused(input.ticket, ErrorCode.GROUP_MAX_SIZE_REACHED, input.memberId);
    case 'sync':
      return syncRefused(input.ticket, ErrorCode.COORDINATOR_NOT_AVAILABLE); // clients try again
    default:
      return plain(input.ticket, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  }
}

function mixedUp(answer: Answer): never {
  throw new TypeError(`a group answered a request with ${answer.kind}`);
}
