// SyncGroup: v0-5
//
// Behaviour:
// * Followers get their response once the leader has sent the assignment.
// * Assignments are opaque to the broker. One of more than 1 MiB is INVALID_REQUEST, as the broker holds it as long as its
//   member lives.
//
// Version notes: v1 adds the throttle time, v3 the instance id (KIP-345), v4 is flexible, v5 adds the protocol, which has
// to be the group's; v2 is v1.
//
//   Request => groupId generationId memberId instanceId (v3+) protocolType (v5+) protocolName (v5+)
//              [memberId assignment]
//     instanceId, protocolType, protocolName => NULLABLE_STRING   assignment => BYTES
//   Response => throttleTimeMs (v1+) errorCode protocolType (v5+) protocolName (v5+) assignment

import type { SyncAnswer } from '../group/group.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const MAX_ASSIGNMENT = 1024 * 1024;
const NO_BYTES = Buffer.alloc(0);
const REFUSED = {
  kind: 'sync',
  error: ErrorCode.INVALID_REQUEST,
  protocolType: '',
  protocol: '',
  assignment: NO_BYTES,
} as const;

function write(request: Request, { error, protocolType, protocol, assignment }: SyncAnswer): Writer {
  const { version } = request;
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  writer.int16(error);
  if (version >= 5) writer.string(protocolType || null).string(protocol || null);
  return writer.bytes(assignment);
}

async function handle(request: Request, { groups }: Context): Promise<Writer> {
  const { body, version } = request;
  const groupId = body.string();
  const generation = body.int32();
  const memberId = body.string();
  const instanceId = version >= 3 ? body.nullableString() : null;
  const protocolType = version >= 5 ? body.nullableString() : null;
  const protocol = version >= 5 ? body.nullableString() : null;
  const given = body.structs(() => ({ id: body.string(), share: body.nullableBytes() ?? NO_BYTES }));
  if (given.some(({ share }) => share.length > MAX_ASSIGNMENT)) return write(request, REFUSED);
  const assignments = new Map(given.map(({ id, share }) => [id, Buffer.from(share)]));
  const member = { memberId, instanceId, generation, protocolType, protocol };
  return write(request, await groups.sync(groupId, { kind: 'sync', ...member, assignments }));
}

export const syncGroup: Api = { key: 14, name: 'SyncGroup', min: 0, max: 5, flexibleFrom: 4, handle };
