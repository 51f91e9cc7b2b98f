// SaslHandshake: v0-1
//
// Behaviour:
// * There is no SASL: every mechanism is ILLEGAL_SASL_STATE, and none is enabled, as on a listener without SASL (PLAINTEXT) of
//   Apache Kafka. A client with credentials says so in words, in place of a lost connection.
//
// Version notes: v1 is v0; after it tokens would be sent by SaslAuthenticate.
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
