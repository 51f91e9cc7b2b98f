// FindCoordinator: v0-5
//
// Behaviour:
// * The coordinator of every group is the only node.
// * A transaction coordinator (key type 1) there is none: refused with TRANSACTIONAL_ID_AUTHORIZATION_FAILED and
//   a message. It is the one error of this API that every client takes for final; librdkafka and Java try again
//   after any other (tried with librdkafka 2.0.2).
//
// Version notes: v1 adds the key type, the throttle time and the message, v3 is flexible, v4 asks for several keys; v2
// and v5 only add errors. v6, for share groups, is not spoken.
//
//   Request v0-3 => key keyType (v1+)   v4+ => keyType [key]
//     keyType => INT8
//   Response v0-3 => throttleTimeMs (v1+) errorCode errorMessage (v1+) nodeId host port
//   Response v4+ => throttleTimeMs [key nodeId host port errorCode errorMessage]
//     nodeId, port => INT32   errorMessage => NULLABLE_STRING

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Client, NO_THROTTLE, NODE_ID, type Request } from './api.ts';

const GROUP = 0;
const SEVERAL_KEYS_FROM = 4;

type Found = {
  readonly error: ErrorCode;
  readonly message: string | null;
  readonly node: number;
  readonly host: string;
  readonly port: number;
};

function find(keyType: number, { advertised }: Client): Found {
  if (keyType === GROUP) return { error: ErrorCode.NONE, message: null, node: NODE_ID, ...advertised };
  const message = `received key type ${keyType}, expected 0: this broker has no transactions`;
  const error = ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  return { error, message, node: -1, host: '', port: -1 };
}

function writeOne(writer: Writer, found: Found, version: number): Writer {
  writer.int16(found.error);
  if (version >= 1) writer.string(found.message);
  return writer.int32(found.node).string(found.host).int32(found.port);
}

function handle(request: Request): Writer {
  const { body, client, version } = request;
  const keys = version >= SEVERAL_KEYS_FROM ? [] : [body.string()];
  const keyType = version >= 1 ? body.int8() : GROUP;
  if (version >= SEVERAL_KEYS_FROM) keys.push(...body.array(() => body.string()));
  const found = find(keyType, client);
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  if (version < SEVERAL_KEYS_FROM) return writeOne(writer, found, version);
  return writer.structs(keys, (key) => {
    writer.string(key).int32(found.node).string(found.host).int32(found.port);
    writer.int16(found.error).string(found.message);
  });
}

export const findCoordinator: Api = {
  key: 10,
  name: 'FindCoordinator',
  min: 0,
  max: 5,
  flexibleFrom: 3,
  handle,
};
