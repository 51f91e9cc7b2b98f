// SyncGroup: v0-5
//
// Behaviour:
// * Followers are held back until the leader has brought the assignment.
// * Assignments are bytes between the clients; the broker does not look inside.
//
// Version notes: v1 adds the throttle time, v3 the instance id (KIP-345), v4 is flexible, v5 adds the protocol, which has
// to be the group's; v2 is v1.
//
//   Request => groupId generationId memberId instanceId (v3+) protocolType (v5+) protocolName (v5+)
//              [memberId assignment]
//     instanceId, protocolType, protocolName => NULLABLE_STRING   assignment => BYTES
//   Response => throttleTimeMs (v1+) errorCode protocolType (v5+) protocolName (v5+) assignment

import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

async function handle(request: Request, { groups }: Context): Promise<Writer> {
  const { body, version } = request;
  const groupId = body.string();
  const generation = body.int32();
  const memberId = body.string();
  const instanceId = version >= 3 ? body.nullableString() : null;
  const protocolType = version >= 5 ? body.nullableString() : null;
  const protocol = version >= 5 ? body.nullableString() : null;
  const assignments = new Map(body.structs((): [string, Buffer] => [body.string(), body.bytes()]));
  const member = { memberId, instanceId, generation, protocolType, protocol };
  const answer = await groups.sync(groupId, { kind: 'sync', ...member, assignments });
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  writer.int16(answer.error);
  if (version >= 5) writer.string(answer.protocolType || null).string(answer.protocol || null);
  return writer.bytes(answer.assignment);
}

export const syncGroup: Api = { key: 14, name: 'SyncGroup', min: 0, max: 5, flexibleFrom: 4, handle };
