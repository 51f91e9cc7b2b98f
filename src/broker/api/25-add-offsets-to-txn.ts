// AddOffsetsToTxn: v0-4
//
// Behaviour:
// * Begins a transaction of the producer if none is open, and lets it commit offsets of the group (28-txn-offset-commit.ts).
//
// Version notes: v1 is v0; a fenced producer gets PRODUCER_FENCED from v2 on, INVALID_PRODUCER_EPOCH before; v3 is flexible;
// v4 only adds an error.
//
//   Request => transactionalId producerId producerEpoch groupId   producerId => INT64   producerEpoch => INT16
//   Response => throttleTimeMs errorCode

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { fencedAs } from './fenced-as.ts';

function handle(request: Request, { transactions }: Context): Writer {
  const { body } = request;
  const transactionalId = body.string();
  const producer = { producerId: body.int64(), epoch: body.int16() };
  const groupId = body.string();
  const error =
    groupId === '' ? ErrorCode.INVALID_GROUP_ID : transactions.addGroup(transactionalId, producer, groupId);
  return answerTo(request).int32(NO_THROTTLE).int16(fencedAs(error, request));
}

export const addOffsetsToTxn: Api = {
  key: 25,
  name: 'AddOffsetsToTxn',
  min: 0,
  max: 4,
  flexibleFrom: 3,
  handle,
};
