// EndTxn: v0-4
//
// Behaviour:
// * Commits or aborts. The response is sent once the decision is stored, the markers are in the logs and the offsets are
//   committed. A write of these that fails is retried later, and until then the producer can't begin another transaction
//   (CONCURRENT_TRANSACTIONS).
// * A repeated request gets the same response; the opposite decision is INVALID_TXN_STATE.
//
// Version notes: v1 is v0; a fenced producer gets PRODUCER_FENCED from v2 on, INVALID_PRODUCER_EPOCH before; v3 is flexible;
// v4 only adds an error. v5, in which each end increments the epoch, belongs to transaction.version 2 and is not served.
//
//   Request => transactionalId producerId producerEpoch committed   producerId => INT64   producerEpoch => INT16   committed => BOOLEAN
//   Response => throttleTimeMs errorCode

import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { fencedAs } from './fenced-as.ts';

function handle(request: Request, { transactions }: Context): Writer {
  const { body } = request;
  const transactionalId = body.string();
  const producer = { producerId: body.int64(), epoch: body.int16() };
  const error = transactions.end(transactionalId, producer, body.boolean());
  return answerTo(request).int32(NO_THROTTLE).int16(fencedAs(error, request));
}

export const endTxn: Api = { key: 26, name: 'EndTxn', min: 0, max: 4, flexibleFrom: 3, handle };
