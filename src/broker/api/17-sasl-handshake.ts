// SaslHandshake: v0-1
//
// Behaviour:
// * There is no SASL: every mechanism is ILLEGAL_SASL_STATE, and the list of enabled ones is empty, as on a PLAINTEXT listener
//   of Apache Kafka. A client with credentials can report that, where a closed connection would tell it nothing.
//
// Version notes: v1 is v0, but tokens follow in SaslAuthenticate.
//
//   Request => mechanism
//   Response => errorCode [mechanism]

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Request } from './api.ts';

function handle(request: Request): Writer {
  request.body.string();
  return answerTo(request)
    .int16(ErrorCode.ILLEGAL_SASL_STATE)
    .array([], () => {});
}

export const saslHandshake: Api = { key: 17, name: 'SaslHandshake', min: 0, max: 1, handle };
