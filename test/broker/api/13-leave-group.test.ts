import { expect, test, vi } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { joinGroup } from '../group-requests.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';

type Leaver = readonly [memberId: string, instanceId: string | null];

/** The error of the whole, and of each member from v3 on. */
async function leave(broker: Asking, leavers: readonly Leaver[], version: number) {
  const answer = await broker.ask(13, version, (w) => {
    w.string('g');
    if (version < 3) for (const [memberId] of leavers) w.string(memberId);
    else
      w.structs(leavers, ([memberId, instanceId]) => {
        w.string(memberId).string(instanceId);
        if (version >= 5) w.string('a reason');
      });
  });
  return whole(answer, (a) => {
    if (version >= 1) expect(a.int32()).toBe(0);
    const error = a.int16();
    return version < 3 ? [error] : [error, a.structs(() => [a.string(), a.nullableString(), a.int16()])];
  });
}
async function member() {
  const broker = offlineBroker();
  const { memberId } = await joinGroup(broker, 'g', { instanceId: 'one' });
  return { broker, memberId };
}

test.each([0, 1, 2])('one member leaves by version %i, and an unknown one is told so', async (version) => {
  const { broker, memberId } = await member();
  expect(await leave(broker, [['nobody', null]], version)).toEqual([ErrorCode.UNKNOWN_MEMBER_ID]);
  expect(await leave(broker, [[memberId, null]], version)).toEqual([ErrorCode.NONE]);
  expect(broker.context.groups.get('g')).toBeUndefined();
});

test.each([3, 4, 5])(
  'several leave by version %i, each with an answer of its own, in their order',
  async (version) => {
    const { broker, memberId } = await member();
    const leavers: Leaver[] = [
      ['nobody', null],
      ['nobody', 'one'],
      ['', 'one'],
      [memberId, null],
    ];
    expect(await leave(broker, leavers, version)).toEqual([
      ErrorCode.NONE,
      [
        ['nobody', null, ErrorCode.UNKNOWN_MEMBER_ID],
        ['nobody', 'one', ErrorCode.FENCED_INSTANCE_ID],
        ['', 'one', ErrorCode.NONE],
        [memberId, null, ErrorCode.UNKNOWN_MEMBER_ID],
      ],
    ]);
  },
);

test('a group is asked once for each of its members, however many leavers are named', async () => {
  const { broker, memberId } = await member();
  const asked = vi.spyOn(broker.context.groups, 'leave');
  const strangers = Array.from({ length: 1_000 }, (_, n): Leaver => ['', `stranger-${n}`]);
  const fenced = Array<Leaver>(1_000).fill(['nobody', 'one']);
  const again = Array<Leaver>(1_000).fill([memberId, 'one']);
  expect(await leave(broker, [...strangers, ...fenced, ...again], 3)).toEqual([
    ErrorCode.NONE,
    [
      ...strangers.map((leaver) => [...leaver, ErrorCode.UNKNOWN_MEMBER_ID]),
      ...fenced.map((leaver) => [...leaver, ErrorCode.FENCED_INSTANCE_ID]),
      [memberId, 'one', ErrorCode.NONE],
      ...again.slice(1).map((leaver) => [...leaver, ErrorCode.UNKNOWN_MEMBER_ID]),
    ],
  ]);
  expect(asked).toHaveBeenCalledTimes(1);
});

test('an id that was given to join with is given back once', async () => {
  const broker = offlineBroker();
  const { memberId, error } = await joinGroup(broker, 'g');
  expect(error).toBe(ErrorCode.MEMBER_ID_REQUIRED);
  const leavers: Leaver[] = Array(2).fill([memberId, null]);
  expect(await leave(broker, leavers, 3)).toEqual([
    ErrorCode.NONE,
    [
      [memberId, null, ErrorCode.NONE],
      [memberId, null, ErrorCode.UNKNOWN_MEMBER_ID],
    ],
  ]);
  expect(broker.context.groups.get('g')).toBeUndefined();
});
