// LeaveGroup: v0-1
//
// Behaviour:
// * The others rebalance at once, without waiting for the session timeout.
//
// Version notes: v1 adds the throttle time.
//
//   Request => groupId memberId
//   Response => throttleTimeMs (v1+) errorCode

import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

async function handle(request: Request, { groups }: Context): Promise<Writer> {
  const { body, version } = request;
  const groupId = body.string();
  const error = await groups.leave(groupId, { kind: 'leave', memberId: body.string() });
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  return writer.int16(error);
}

export const leaveGroup: Api = { key: 13, name: 'LeaveGroup', min: 0, max: 1, handle };
