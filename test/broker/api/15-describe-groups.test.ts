import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { joinGroup, syncGroup } from '../group-requests.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';

async function describe(broker: Asking, ids: readonly string[], version: number, operations = false) {
  const answer = await broker.ask(15, version, (w) => {
    w.array(ids, (id) => w.string(id));
    if (version >= 3) w.boolean(operations);
  });
  return whole(answer, (a) => {
    if (version >= 1) a.int32();
    return a.structs(() => {
      const error = a.int16();
      const message = version >= 6 ? a.nullableString() : null;
      const [id, state, type, protocol] = [a.string(), a.string(), a.string(), a.string()];
      const members = a.structs(() => {
        const memberId = a.string();
        if (version >= 4) a.nullableString();
        return [memberId, a.string(), a.string(), a.bytes().toString(), a.bytes().toString()];
      });
      const bits = version >= 3 ? a.int32() : 0;
      return { error, message, id, state, type, protocol, members, bits };
    });
  });
}

test.each([0, 1, 2, 3, 4, 5, 6])(
  'version %i tells protocol, metadata and assignment once the group is stable',
  async (version) => {
    const broker = offlineBroker();
    const joined = await joinGroup(broker, 'g', { instanceId: 'one' });
    const [before] = await describe(broker, ['g'], version);
    expect(before).toMatchObject({ state: 'CompletingRebalance', type: 'test', protocol: '' });
    expect(before?.members).toEqual([[joined.memberId, 'wire-client', '/127.0.0.1', '', '']]);
    await syncGroup(broker, 'g', { ...joined, instanceId: 'one' }, { [joined.memberId]: 'all' });
    const [stable] = await describe(broker, ['g', 'g'], version);
    expect(stable).toMatchObject({
      error: ErrorCode.NONE,
      message: null,
      state: 'Stable',
      protocol: 'range',
    });
    expect(stable?.members).toEqual([[joined.memberId, 'wire-client', '/127.0.0.1', 'metadata', 'all']]);
    // The leader joins again: what it was given is of the generation before.
    await joinGroup(broker, 'g', { instanceId: 'one', memberId: joined.memberId });
    const [again] = await describe(broker, ['g'], version);
    expect(again?.members).toEqual(before?.members);
  },
);

test('a group that there is not is dead, which is an error from version 6 on', async () => {
  const dead = { id: 'nobody', state: 'Dead', type: '', protocol: '', members: [], bits: -(2 ** 31) };
  const broker = offlineBroker();
  expect(await describe(broker, ['nobody'], 5)).toEqual([{ ...dead, error: ErrorCode.NONE, message: null }]);
  expect(await describe(broker, ['nobody'], 6)).toEqual([
    { ...dead, error: ErrorCode.GROUP_ID_NOT_FOUND, message: 'Group nobody not found.' },
  ]);
  expect((await describe(broker, ['nobody'], 6, true))[0]?.bits).toBeGreaterThan(0);
});
