// Heartbeat: v0-4
//
// Behaviour:
// * REBALANCE_IN_PROGRESS makes the member join again; the heartbeat still extends its session.
//
// Version notes: v1 adds the throttle time, v3 the instance id (KIP-345), v4 is flexible; v2 is v1.
//
//   Request => groupId generationId memberId instanceId (v3+)
//   Response => throttleTimeMs (v1+) errorCode

import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

async function handle(request: Request, { groups }: Context): Promise<Writer> {
  const { body, version } = request;
  const groupId = body.string();
  const generation = body.int32();
  const memberId = body.string();
  const instanceId = version >= 3 ? body.nullableString() : null;
  const error = await groups.heartbeat(groupId, { kind: 'heartbeat', memberId, instanceId, generation });
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  return writer.int16(error);
}

export const heartbeat: Api = { key: 12, name: 'Heartbeat', min: 0, max: 4, flexibleFrom: 4, handle };
