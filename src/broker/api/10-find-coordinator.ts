// FindCoordinator: v0-2
//
// Behaviour:
// * The coordinator of every group is the only node.
// * A transaction coordinator (key type 1) there is none: refused with TRANSACTIONAL_ID_AUTHORIZATION_FAILED and
//   a message. It is the one error of this API that every client takes for final; librdkafka and Java try again
//   after any other (tried with librdkafka 2.0.2).
//
// Version notes: v1 adds the key type, the throttle time and the message; v2 is v1.
//
//   Request => key keyType (v1+)   keyType => INT8
//   Response => throttleTimeMs (v1+) errorCode errorMessage (v1+) nodeId host port

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, NO_THROTTLE, NODE_ID, type Request } from './api.ts';

const GROUP = 0;
const NOWHERE = { node: -1, host: '', port: -1 };

function handle(request: Request): Writer {
  const { body, client, version } = request;
  body.string(); // the group's id: every group is here
  const keyType = version >= 1 ? body.int8() : GROUP;
  const isGroup = keyType === GROUP;
  const message = isGroup
    ? null
    : `received key type ${keyType}, expected 0: this broker has no transactions`;
  const { node, host, port } = isGroup ? { node: NODE_ID, ...client.advertised } : NOWHERE;
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  writer.int16(isGroup ? ErrorCode.NONE : ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  if (version >= 1) writer.string(message);
  return writer.int32(node).string(host).int32(port);
}

export const findCoordinator: Api = { key: 10, name: 'FindCoordinator', min: 0, max: 2, handle };
