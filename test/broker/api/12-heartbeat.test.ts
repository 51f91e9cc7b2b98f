import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { joinGroup, syncGroup } from '../group-requests.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';

async function beat(broker: Asking, memberId: string, version: number, instanceId: string | null = null) {
  const answer = await broker.ask(12, version, (w) => {
    w.string('g').int32(1).string(memberId);
    if (version >= 3) w.string(instanceId);
  });
  return whole(answer, (a) => {
    if (version >= 1) expect(a.int32()).toBe(0);
    return a.int16();
  });
}

test.each([0, 1, 2, 3, 4])('a heartbeat of version %i keeps its member in the group', async (version) => {
  const broker = offlineBroker();
  const joined = await joinGroup(broker, 'g', { instanceId: 'one' });
  await syncGroup(broker, 'g', { ...joined, instanceId: 'one' });
  const deadline = () => broker.context.groups.get('g')?.members.get(joined.memberId)?.deadline ?? 0;
  const before = deadline();
  await expect
    .poll(async () => [await beat(broker, joined.memberId, version), deadline() > before])
    .toEqual([0, true]);
});

test('whoever comes under the instance id of another is fenced, from the version on that has one', async () => {
  const broker = offlineBroker();
  await joinGroup(broker, 'g', { instanceId: 'one' });
  expect(await beat(broker, 'another', 2)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  expect(await beat(broker, 'another', 3, 'one')).toBe(ErrorCode.FENCED_INSTANCE_ID);
  expect(await beat(offlineBroker(), 'another', 3)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});
