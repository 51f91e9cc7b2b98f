// The requests of consumer groups that tests send as bytes, each with its answer read into a value.

import type { Asking } from './request.ts';

export type Joined = {
  readonly error: number;
  readonly generation: number;
  readonly protocol: string;
  readonly leader: string;
  readonly memberId: string;
  readonly members: readonly string[];
};

export type JoinOptions = {
  readonly memberId?: string;
  readonly instanceId?: string;
  readonly sessionTimeout?: number;
  readonly rebalanceTimeout?: number;
  readonly protocolType?: string;
  readonly protocols?: readonly string[];
  readonly metadata?: string;
};

export async function joinGroup(client: Asking, group: string, options: JoinOptions = {}): Promise<Joined> {
  const answer = await client.ask(11, 5, (w) => {
    w.string(group)
      .int32(options.sessionTimeout ?? 10_000)
      .int32(options.rebalanceTimeout ?? 10_000);
    w.string(options.memberId ?? '')
      .string(options.instanceId ?? null)
      .string(options.protocolType ?? 'test');
    w.structs(options.protocols ?? ['range'], (name) =>
      w.string(name).bytes(Buffer.from(options.metadata ?? 'metadata')),
    );
  });
  answer.int32();
  return {
    error: answer.int16(),
    generation: answer.int32(),
    protocol: answer.string(),
    leader: answer.string(),
    memberId: answer.string(),
    members: answer.structs(() => {
      const id = answer.string();
      answer.nullableString();
      answer.bytes();
      return id;
    }),
  };
}

/** Joins as a new member: asks for an id, then joins with it. */
export async function joinAsNew(client: Asking, group: string, options: JoinOptions = {}): Promise<Joined> {
  const { memberId } = await joinGroup(client, group, options);
  return joinGroup(client, group, { ...options, memberId });
}

export type Member = {
  readonly memberId: string;
  readonly generation: number;
  readonly instanceId?: string;
};

export type Synced = {
  readonly error: number;
  readonly assignment: string;
};

export async function syncGroup(
  client: Asking,
  group: string,
  member: Member,
  assignments: Readonly<Record<string, string>> = {},
): Promise<Synced> {
  const answer = await client.ask(14, 3, (w) => {
    w.string(group)
      .int32(member.generation)
      .string(member.memberId)
      .string(member.instanceId ?? null);
    w.structs(Object.entries(assignments), ([id, share]) => w.string(id).bytes(Buffer.from(share)));
  });
  answer.int32();
  return { error: answer.int16(), assignment: String(answer.bytes()) };
}

export async function heartbeat(client: Asking, group: string, member: Member): Promise<number> {
  const answer = await client.ask(12, 3, (w) => {
    w.string(group)
      .int32(member.generation)
      .string(member.memberId)
      .string(member.instanceId ?? null);
  });
  answer.int32();
  return answer.int16();
}

export async function leaveGroup(client: Asking, group: string, memberId: string): Promise<number> {
  const answer = await client.ask(13, 1, (w) => w.string(group).string(memberId));
  answer.int32();
  return answer.int16();
}

/** A client that commits without being a member. */
export const SIMPLE: Member = { memberId: '', generation: -1 };

export async function commitOffset(
  client: Asking,
  group: string,
  member: Member,
  topic: string,
  offset: number,
  metadata: string | null = null,
): Promise<number> {
  const answer = await client.ask(8, 5, (w) => {
    w.string(group).int32(member.generation).string(member.memberId);
    w.structs([topic], (name) =>
      w.string(name).structs([0], (p) => w.int32(p).int64(offset).string(metadata)),
    );
  });
  answer.int32();
  const [first] = answer.structs(() => {
    answer.string();
    return answer.structs(() => {
      answer.int32();
      return answer.int16();
    });
  });
  return first?.[0] ?? -1;
}

export type Committed = {
  readonly offset: number;
  readonly metadata: string | null;
};

/** What the group has committed, by topic; of partition 0. */
export async function committedOffsets(
  client: Asking,
  group: string,
  topics: string[] | null,
): Promise<Map<string, Committed>> {
  const answer = await client.ask(9, 4, (w) => {
    w.string(group);
    if (topics === null) w.int32(-1);
    else w.structs(topics, (topic) => w.string(topic).array([0], (p) => w.int32(p)));
  });
  answer.int32();
  const found = answer.structs((): [string, Committed] => {
    const topic = answer.string();
    const [first] = answer.structs(() => {
      answer.int32();
      const committed = { offset: answer.int64(), metadata: answer.nullableString() };
      answer.int16();
      return committed;
    });
    return [topic, first ?? { offset: -1, metadata: null }];
  });
  return new Map(found);
}
