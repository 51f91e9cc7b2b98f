import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';

type Options = {
  readonly version?: number;
  readonly group?: string;
  readonly memberId?: string;
  readonly names?: readonly string[];
  readonly metadata?: Buffer;
  readonly instanceId?: string;
};

async function join(broker: Asking, options: Options = {}) {
  const { version = 5, group = 'g', memberId = '', names = ['range'], metadata = Buffer.alloc(8) } = options;
  const answer = await broker.ask(11, version, (w) => {
    w.string(group).int32(10_000);
    if (version >= 1) w.int32(20_000);
    w.string(memberId);
    if (version >= 5) w.string(options.instanceId ?? null);
    w.string('consumer').structs(names, (name) => w.string(name).bytes(metadata));
    if (version >= 8) w.string('a reason');
  });
  return whole(answer, (a) => {
    if (version >= 2) expect(a.int32()).toBe(0);
    return {
      error: a.int16(),
      generation: a.int32(),
      ...(version >= 7 ? { protocolType: a.nullableString() } : {}),
      protocol: a.nullableString(),
      leader: a.string(),
      ...(version >= 9 ? { skipAssignment: a.boolean() } : {}),
      memberId: a.string(),
      members: a.structs(() => [a.string(), ...(version >= 5 ? [a.nullableString()] : []), a.bytes().length]),
    };
  });
}

test.each([0, 1, 2, 3])('a client of version %i is a member at once', async (version) => {
  const joined = await join(offlineBroker(), { version });
  expect(joined).toMatchObject({ error: ErrorCode.NONE, generation: 1, protocol: 'range' });
  expect(joined.leader).toBe(joined.memberId);
  expect(joined.members).toEqual([[joined.memberId, 8]]);
});

test.each([4, 5, 6, 7, 8, 9])(
  'a client of version %i is told its id first, and is a member with it',
  async (version) => {
    const broker = offlineBroker();
    const told = await join(broker, { version });
    expect(told).toMatchObject({ error: ErrorCode.MEMBER_ID_REQUIRED, generation: -1, members: [] });
    expect(told.memberId).toMatch(/^wire-client-[0-9a-f-]{36}$/);
    // A version that has null for it says so where there is no protocol.
    expect(told.protocol).toBe(version >= 7 ? null : '');
    const { memberId } = told;
    const joined = await join(broker, { version, memberId });
    expect(joined).toMatchObject({
      error: ErrorCode.NONE,
      generation: 1,
      protocol: 'range',
      leader: memberId,
      memberId,
    });
    expect(joined.members).toEqual([version >= 5 ? [memberId, null, 8] : [memberId, 8]]);
    if (version >= 7) expect(joined.protocolType).toBe('consumer');
    if (version >= 9) expect(joined.skipAssignment).toBe(false);
  },
);

test.each<[string, Options, ErrorCode]>([
  ['of a group without a name', { group: '' }, ErrorCode.INVALID_GROUP_ID],
  [
    'with metadata of more than a megabyte',
    { metadata: Buffer.alloc(1024 * 1024) },
    ErrorCode.INVALID_REQUEST,
  ],
  [
    'with names of more than a megabyte',
    { names: Array.from({ length: 40 }, (_, n) => `${n}${'x'.repeat(30_000)}`) },
    ErrorCode.INVALID_REQUEST,
  ],
  [
    'with more than a hundred protocols',
    { names: Array.from({ length: 101 }, (_, n) => `${n}`) },
    ErrorCode.INVALID_REQUEST,
  ],
])('a join %s is refused, and the broker keeps nothing of it', async (_, options, error) => {
  const broker = offlineBroker();
  expect(await join(broker, { ...options, memberId: 'me' })).toMatchObject({
    error,
    generation: -1,
    memberId: 'me',
    members: [],
  });
  expect(broker.context.groups.all()).toEqual([]);
});

test('a hundred protocols with a megabyte in all are taken', async () => {
  const names = Array.from({ length: 100 }, (_, n) => `${n}`);
  expect(await join(offlineBroker(), { version: 0, names, metadata: Buffer.alloc(10_000) })).toMatchObject({
    error: ErrorCode.NONE,
  });
});
