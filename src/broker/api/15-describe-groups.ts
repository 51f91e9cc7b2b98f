// DescribeGroups: v0-6
//
// Behaviour:
// * A group that does not exist is Dead, as in Apache Kafka; from v6 on with GROUP_ID_NOT_FOUND, before without an error.
// * Only a stable group is described with its protocol, metadata and assignments.
// * Every operation is authorized (authorized-operations.ts).
//
// Version notes: v1 adds the throttle time, v3 authorized operations, v4 the instance id, v5 is flexible, v6 adds the
// message; v2 is v1.
//
//   Request => [groupId] includeOperations (v3+)   includeOperations => BOOLEAN
//   Response => throttleTimeMs (v1+) [errorCode errorMessage (v6+) groupId state protocolType protocol
//               [memberId instanceId (v4+) clientId clientHost metadata assignment] operations (v3+)]
//     errorMessage, instanceId => NULLABLE_STRING   metadata, assignment => BYTES   operations => INT32

import { type Group, metadataOf } from '../group/group.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { ALL_OPERATIONS, NOT_ASKED } from './authorized-operations.ts';

const NOT_FOUND_FROM = 6;
const NO_BYTES = Buffer.alloc(0);

function writeMembers(writer: Writer, group: Group | undefined, version: number): void {
  const isStable = group?.state === 'Stable';
  writer.structs([...(group?.members.values() ?? [])], (member) => {
    writer.string(member.id);
    if (version >= 4) writer.string(member.instanceId);
    writer.string(member.clientId).string(member.clientHost);
    writer.bytes(isStable ? metadataOf(member, group.protocol) : NO_BYTES);
    writer.bytes(isStable ? member.assignment : NO_BYTES);
  });
}

function writeGroup(writer: Writer, id: string, group: Group | undefined, version: number): void {
  const isMissing = group === undefined && version >= NOT_FOUND_FROM;
  writer.int16(isMissing ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.NONE);
  if (version >= 6) writer.string(isMissing ? `Group ${id} not found.` : null);
  writer.string(id).string(group?.state ?? 'Dead');
  writer.string(group?.protocolType ?? '').string(group?.state === 'Stable' ? group.protocol : '');
  writeMembers(writer, group, version);
}

function handle(request: Request, { groups }: Context): Writer {
  const { body, version } = request;
  const ids = [...new Set(body.array(() => body.string()))];
  const operations = version >= 3 && body.boolean() ? ALL_OPERATIONS.group : NOT_ASKED;
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  return writer.structs(ids, (id) => {
    writeGroup(writer, id, groups.get(id), version);
    if (version >= 3) writer.int32(operations);
  });
}

export const describeGroups: Api = {
  key: 15,
  name: 'DescribeGroups',
  min: 0,
  max: 6,
  flexibleFrom: 5,
  handle,
};
