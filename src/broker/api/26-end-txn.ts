// EndTxn: v0-3
//
// Behaviour:
// * Commits or aborts. Answered once the decision is stored, its markers are in the logs and its offsets are committed; where the disk
//   refuses some of that, it is done later, and until then the producer can begin nothing new (CONCURRENT_TRANSACTIONS).
// * Sent again, it is answered as before; the contrary is INVALID_TXN_STATE.
//
// Version notes: v1 is v0; v2 tells a fenced producer PRODUCER_FENCED, INVALID_PRODUCER_EPOCH before; v3 is flexible.
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

export const endTxn: Api = { key: 26, name: 'EndTxn', min: 0, max: 3, flexibleFrom: 3, handle };
