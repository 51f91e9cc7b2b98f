// FindCoordinator: v0-6
//
// Behaviour:
// * The coordinator of every group (key type 0) and of every transactional id (1) is the only node.
// * Any other key type is INVALID_REQUEST.
//
// Version notes: v1 adds the key type, the throttle time and the message, v3 is flexible, v4 asks for several keys; v2
// and v5 only add errors, v6 a key type for share groups, which is refused.
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
const TRANSACTION = 1;
const SEVERAL_KEYS_FROM = 4;

type Found = {
  readonly error: ErrorCode;
  readonly message: string | null;
  readonly node: number;
  readonly host: string;
  readonly port: number;
};

function find(keyType: number, { advertised }: Client): Found {
  const isKnown = keyType === GROUP || keyType === TRANSACTION;
  if (isKnown) return { error: ErrorCode.NONE, message: null, node: NODE_ID, ...advertised };
  const message = `received key type ${keyType}, expected 0 (group) or 1 (transaction)`;
  return { error: ErrorCode.INVALID_REQUEST, message, node: -1, host: '', port: -1 };
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
  max: 6,
  flexibleFrom: 3,
  handle,
};
