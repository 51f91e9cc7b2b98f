import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { joinGroup } from '../group-requests.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';

const MIB = 1024 * 1024;

type Options = { readonly protocol?: string; readonly share?: Buffer; readonly generation?: number };

async function sync(broker: Asking, memberId: string, version: number, options: Options = {}) {
  const { protocol = 'range', share = Buffer.from('all'), generation = 1 } = options;
  const answer = await broker.ask(14, version, (w) => {
    w.string('g').int32(generation).string(memberId);
    if (version >= 3) w.string('one');
    if (version >= 5) w.string('test').string(protocol);
    w.structs([memberId], (id) => w.string(id).bytes(share));
  });
  return whole(answer, (a) => {
    if (version >= 1) expect(a.int32()).toBe(0);
    const error = a.int16();
    const told = version >= 5 ? [a.nullableString(), a.nullableString()] : [];
    return [error, ...told, a.bytes().toString()];
  });
}
async function member() {
  const broker = offlineBroker();
  const { memberId } = await joinGroup(broker, 'g', { instanceId: 'one' });
  return { broker, memberId };
}

test.each([0, 1, 2, 3, 4])('the leader is answered with its own share in version %i', async (version) => {
  const { broker, memberId } = await member();
  expect(await sync(broker, memberId, version)).toEqual([ErrorCode.NONE, 'all']);
});

test('in version 5 the protocol has to be that of the group, and is told again', async () => {
  const { broker, memberId } = await member();
  const other = await sync(broker, memberId, 5, { protocol: 'sticky' });
  expect(other).toEqual([ErrorCode.INCONSISTENT_GROUP_PROTOCOL, null, null, '']);
  expect(await sync(broker, memberId, 5)).toEqual([ErrorCode.NONE, 'test', 'range', 'all']);
});

test('an assignment of more than a megabyte is refused, and the group waits for another', async () => {
  const { broker, memberId } = await member();
  const large = await sync(broker, memberId, 5, { share: Buffer.alloc(MIB + 1) });
  expect(large).toEqual([ErrorCode.INVALID_REQUEST, null, null, '']);
  expect(broker.context.groups.get('g')?.state).toBe('CompletingRebalance');
  const [error, , , assignment] = await sync(broker, memberId, 5, { share: Buffer.alloc(MIB, 'a') });
  expect([error, String(assignment).length]).toEqual([ErrorCode.NONE, MIB]);
});

test('a generation that is over gets no share', async () => {
  const { broker, memberId } = await member();
  expect(await sync(broker, memberId, 3, { generation: 7 })).toEqual([ErrorCode.ILLEGAL_GENERATION, '']);
});
