import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';

async function added(version: number, group: string, ahead = 0) {
  const broker = offlineBroker();
  const { producerId, epoch } = broker.context.transactions.init('id', 60_000, null);
  const answer = await broker.ask(25, version, (w) =>
    w
      .string('id')
      .int64(producerId)
      .int16(epoch + ahead)
      .string(group),
  );
  const error = whole(answer, (a) => [a.int32(), a.int16()][1]);
  return [error, broker.context.transactions.get('id')?.state];
}

test.each([0, 1, 2, 3, 4])('version %i begins a transaction with a group', async (version) => {
  expect(await added(version, 'g')).toEqual([ErrorCode.NONE, 'Ongoing']);
});

test('a group without a name is none, and another epoch is fenced in the word of its version', async () => {
  expect(await added(4, '')).toEqual([ErrorCode.INVALID_GROUP_ID, 'Empty']);
  expect(await added(1, 'g', 1)).toEqual([ErrorCode.INVALID_PRODUCER_EPOCH, 'Empty']);
  expect(await added(2, 'g', 1)).toEqual([ErrorCode.PRODUCER_FENCED, 'Empty']);
});
