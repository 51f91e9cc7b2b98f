// ListGroups: v0-2
//
// Behaviour:
// * Lists groups with members or with committed offsets.
//
// Version notes: v1 adds the throttle time; v2 is v1.
//
//   Request => (nothing)
//   Response => throttleTimeMs (v1+) errorCode [groupId protocolType]

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

function handle(request: Request, { groups }: Context): Writer {
  const writer = answerTo(request);
  if (request.version >= 1) writer.int32(NO_THROTTLE);
  writer.int16(ErrorCode.NONE);
  return writer.structs(groups.all(), ({ id, protocolType }) => writer.string(id).string(protocolType));
}

export const listGroups: Api = { key: 16, name: 'ListGroups', min: 0, max: 2, handle };
