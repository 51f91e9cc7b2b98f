// SyncGroup: v0-3
//
// Behaviour:
// * Followers are held back until the leader has brought the assignment.
// * Assignments are bytes between the clients; the broker does not look inside.
//
// Version notes: v1 adds the throttle time, v3 the instance id (KIP-345); v2 is v1.
//
//   Request => groupId generationId memberId instanceId (v3+) [memberId assignment]   assignment => BYTES
//   Response => throttleTimeMs (v1+) errorCode assignment

import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

async function handle(request: Request, { groups }: Context): Promise<Writer> {
  const { body, version } = request;
  const groupId = body.string();
  const generation = body.int32();
  const memberId = body.string();
  const instanceId = version >= 3 ? body.nullableString() : null;
  const assignments = new Map(body.structs((): [string, Buffer] => [body.string(), body.bytes()]));
  const answer = await groups.sync(groupId, { kind: 'sync', memberId, instanceId, generation, assignments });
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  return writer.int16(answer.error).bytes(answer.assignment);
}

export const syncGroup: Api = { key: 14, name: 'SyncGroup', min: 0, max: 3, handle };
