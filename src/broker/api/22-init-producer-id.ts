// InitProducerId: v0-5
//
// Behaviour:
// * Every idempotent producer gets a new id, with epoch 0.
// * A transactional id keeps its producer id; each new producer gets the next epoch, which fences its predecessor. An open
//   transaction of the predecessor is aborted before the response; Apache Kafka would respond with CONCURRENT_TRANSACTIONS,
//   and the client retry.
// * An empty transactional id is INVALID_REQUEST, a timeout above the broker's limit INVALID_TRANSACTION_TIMEOUT, and a new
//   id beyond the memory limit of transactions POLICY_VIOLATION.
// * A producer that sends its id and epoch (v3+) requests the next epoch after an error (KIP-360), and gets it if both are
//   current. An id without an epoch, or the reverse, is INVALID_REQUEST.
//
// Version notes: v2 is flexible, v3 adds the producer's id and epoch, −1 for none; a fenced producer gets PRODUCER_FENCED
// from v4 on, INVALID_PRODUCER_EPOCH before; v1 is v0, v5 only adds an error.
//
//   Request => transactionalId transactionTimeoutMs producerId (v3+) producerEpoch (v3+)
//     transactionalId => NULLABLE_STRING   transactionTimeoutMs => INT32
//   Response => throttleTimeMs errorCode producerId producerEpoch   producerId => INT64   producerEpoch => INT16

import type { Initialised } from '../transaction/coordinator.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { fencedAs } from './fenced-as.ts';

const NONE = -1;

const refused = (error: ErrorCode): Initialised => ({ error, producerId: NONE, epoch: NONE });

function init({ body, version }: Request, { producerIds, transactions }: Context): Initialised {
  const transactionalId = body.nullableString();
  const timeoutMs = body.int32();
  const has = version >= 3 ? { producerId: body.int64(), epoch: body.int16() } : null;
  const hasId = has !== null && has.producerId !== NONE;
  const hasEpoch = has !== null && has.epoch !== NONE;
  if (hasId !== hasEpoch || transactionalId === '') return refused(ErrorCode.INVALID_REQUEST);
  if (transactionalId === null) return { error: ErrorCode.NONE, producerId: producerIds.next(), epoch: 0 };
  const expected = hasId ? has : null;
  return transactions.init(transactionalId, timeoutMs, expected);
}

function handle(request: Request, context: Context): Writer {
  const { error, producerId, epoch } = init(request, context);
  const writer = answerTo(request)
    .int32(NO_THROTTLE)
    .int16(fencedAs(error, request, 4));
  return writer.int64(producerId).int16(epoch);
}

export const initProducerId: Api = {
  key: 22,
  name: 'InitProducerId',
  min: 0,
  max: 5,
  flexibleFrom: 2,
  handle,
};
