import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';

type Options = {
  readonly version?: number;
  readonly timeoutMs?: number;
  readonly expected?: readonly [producerId: number, epoch: number];
};

/** Error, producer id, epoch. */
async function init(broker: Asking, id: string | null, options: Options = {}) {
  const { version = 4, timeoutMs = 60_000, expected = [-1, -1] } = options;
  const answer = await broker.ask(22, version, (w) => {
    w.string(id).int32(timeoutMs);
    if (version >= 3) w.int64(expected[0]).int16(expected[1]);
  });
  return whole(answer, (a) => {
    expect(a.int32()).toBe(0);
    return [a.int16(), a.int64(), a.int16()];
  });
}
const REFUSED = (error: ErrorCode) => [error, -1, -1];

test.each([0, 1, 2, 3, 4, 5])(
  'producers of version %i without a transaction have an id each, of epoch 0',
  async (version) => {
    const broker = offlineBroker();
    const [one, other] = [await init(broker, null, { version }), await init(broker, null, { version })];
    expect([one, other]).toEqual([
      [ErrorCode.NONE, one[1], 0],
      [ErrorCode.NONE, (one[1] ?? 0) + 1, 0],
    ]);
  },
);

test('a producer id without its epoch, and an epoch without its id, are refused and change nothing', async () => {
  const broker = offlineBroker();
  const [, producerId = 0] = await init(broker, 'id');
  for (const id of ['id', null]) {
    expect(await init(broker, id, { expected: [producerId, -1] })).toEqual(
      REFUSED(ErrorCode.INVALID_REQUEST),
    );
    expect(await init(broker, id, { expected: [-1, 0] })).toEqual(REFUSED(ErrorCode.INVALID_REQUEST));
  }
  expect(await init(broker, 'id', { expected: [producerId, 0] })).toEqual([ErrorCode.NONE, producerId, 1]);
});

test('another producer than the current one is fenced, in the word that its version has for it', async () => {
  const broker = offlineBroker();
  const [, producerId = 0] = await init(broker, 'id');
  const fenced = (version: number) => init(broker, 'id', { version, expected: [producerId + 1, 0] });
  expect(await fenced(3)).toEqual(REFUSED(ErrorCode.INVALID_PRODUCER_EPOCH));
  expect(await fenced(4)).toEqual(REFUSED(ErrorCode.PRODUCER_FENCED));
});

test.each([0, -1, 900_001, -(2 ** 31)])('a transaction of %i ms is none', async (timeoutMs) => {
  const broker = offlineBroker();
  expect(await init(broker, 'id', { timeoutMs })).toEqual(REFUSED(ErrorCode.INVALID_TRANSACTION_TIMEOUT));
  expect(broker.context.transactions.all()).toEqual([]);
  expect((await init(broker, null, { timeoutMs }))[0]).toBe(ErrorCode.NONE);
});
