// JoinGroup: v0-9
//
// Behaviour:
// * The response is held back until the rebalance's barrier opens (group/rebalance.ts).
// * From v4 on a new member first gets MEMBER_ID_REQUIRED with its id (KIP-394).
// * Protocols and their metadata are limited, as the broker holds them as long as the member lives and compares them with those
//   of the other members; a request beyond the limits is INVALID_REQUEST.
// * A static member (v5+, KIP-345) keeps its place when its client restarts.
//
// Version notes: v1 adds the rebalance timeout, v2 the throttle time, v5 the instance id, v6 is flexible, v7 adds the
// protocol's type to the response, v8 the reason (for logs, ignored), v9 lets a returning static leader skip the
// assignment (KIP-814); v3 is v2.
//
//   Request => groupId sessionTimeoutMs rebalanceTimeoutMs (v1+) memberId instanceId (v5+) protocolType
//              [name metadata] reason (v8+)
//     sessionTimeoutMs, rebalanceTimeoutMs => INT32   instanceId, reason => NULLABLE_STRING   metadata => BYTES
//   Response => throttleTimeMs (v2+) errorCode generationId protocolType (v7+) protocolName (nullable from v7) leader
//               skipAssignment (v9+) memberId [memberId instanceId (v5+) metadata]
//     protocolType => NULLABLE_STRING   skipAssignment => BOOLEAN

import type { JoinAnswer, Protocol } from '../group/group.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const ID_REQUIRED_FROM = 4;
const SKIP_FROM = 9;
const MAX_PROTOCOLS = 100;
const MAX_METADATA = 1024 * 1024; // bytes of all protocols of a member, with their names

function write(request: Request, answer: JoinAnswer): Writer {
  const { version } = request;
  const writer = answerTo(request);
  if (version >= 2) writer.int32(NO_THROTTLE);
  writer.int16(answer.error).int32(answer.generation);
  if (version >= 7) writer.string(answer.protocolType || null);
  writer.string(version >= 7 ? answer.protocol || null : answer.protocol).string(answer.leader);
  if (version >= 9) writer.boolean(answer.skipAssignment);
  writer.string(answer.memberId);
  return writer.structs(answer.members, ({ id, instanceId, metadata }) => {
    writer.string(id);
    if (version >= 5) writer.string(instanceId);
    writer.bytes(metadata);
  });
}

function isTooMuch(protocols: readonly Protocol[]): boolean {
  const bytes = protocols.reduce((sum, { name, metadata }) => sum + name.length + metadata.length, 0);
  return protocols.length > MAX_PROTOCOLS || bytes > MAX_METADATA;
}

async function handle(request: Request, { groups }: Context): Promise<Writer> {
  const { body, client, clientId, version } = request;
  const groupId = body.string();
  const sessionTimeout = body.int32();
  const rebalanceTimeout = version >= 1 ? body.int32() : sessionTimeout;
  const memberId = body.string();
  const instanceId = version >= 5 ? body.nullableString() : null;
  const protocolType = body.string();
  const protocols = body.structs(() => ({ name: body.string(), metadata: body.bytes() }));
  if (groupId === '') return write(request, { ...NOBODY, error: ErrorCode.INVALID_GROUP_ID, memberId });
  if (isTooMuch(protocols)) return write(request, { ...NOBODY, error: ErrorCode.INVALID_REQUEST, memberId });
  const member = { memberId, instanceId, clientId, clientHost: client.host };
  const idRequired = version >= ID_REQUIRED_FROM;
  const maySkip = version >= SKIP_FROM;
  const timeouts = { sessionTimeout, rebalanceTimeout };
  const input = {
    kind: 'join',
    idRequired,
    maySkip,
    ...member,
    ...timeouts,
    protocolType,
    protocols,
  } as const;
  return write(request, await groups.join(groupId, input));
}

const NOBODY = {
  kind: 'join',
  generation: -1,
  protocolType: '',
  protocol: '',
  leader: '',
  skipAssignment: false,
  members: [],
} as const;

export const joinGroup: Api = { key: 11, name: 'JoinGroup', min: 0, max: 9, flexibleFrom: 6, handle };
