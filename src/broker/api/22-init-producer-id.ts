// InitProducerId: v0-5
//
// Behaviour:
// * Every idempotent producer gets an id that was never given out before, with epoch 0.
// * A transactional id is refused as in 10-find-coordinator.ts: there are no transactions.
//
// Version notes: v2 is flexible, v3 adds the id and epoch that the producer has (only transactions need them); v1 is v0,
// v4 and v5 only add errors.
//
//   Request => transactionalId transactionTimeoutMs producerId (v3+) producerEpoch (v3+)
//     transactionalId => NULLABLE_STRING
//   Response => throttleTimeMs errorCode producerId producerEpoch   producerId => INT64   producerEpoch => INT16

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

function handle(request: Request, { producerIds }: Context): Writer {
  const writer = answerTo(request).int32(NO_THROTTLE);
  const transactionalId = request.body.nullableString();
  if (transactionalId !== null) {
    return writer.int16(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED).int64(-1).int16(-1);
  }
  return writer.int16(ErrorCode.NONE).int64(producerIds.next()).int16(0);
}

export const initProducerId: Api = {
  key: 22,
  name: 'InitProducerId',
  min: 0,
  max: 5,
  flexibleFrom: 2,
  handle,
};
