// DescribeGroups: v0-2
//
// Behaviour:
// * A group that does not exist is Dead, without an error, as in Apache Kafka.
// * Protocol, metadata and assignments are told of a stable group only.
//
// Version notes: v1 adds the throttle time; v2 is v1.
//
//   Request => [groupId]
//   Response => throttleTimeMs (v1+) [errorCode groupId state protocolType protocol
//               [memberId clientId clientHost metadata assignment]]   metadata, assignment => BYTES

import { type Group, metadataOf } from '../group/group.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const NO_BYTES = Buffer.alloc(0);

function writeGroup(writer: Writer, id: string, group: Group | undefined): void {
  const isStable = group?.state === 'Stable';
  const protocol = isStable ? group.protocol : '';
  writer
    .int16(ErrorCode.NONE)
    .string(id)
    .string(group?.state ?? 'Dead');
  writer.string(group?.protocolType ?? '').string(protocol);
  writer.structs([...(group?.members.values() ?? [])], (member) => {
    writer.string(member.id).string(member.clientId).string(member.clientHost);
    writer.bytes(isStable ? metadataOf(member, protocol) : NO_BYTES);
    writer.bytes(isStable ? member.assignment : NO_BYTES);
  });
}

function handle(request: Request, { groups }: Context): Writer {
  const { body, version } = request;
  const ids = body.array(() => body.string());
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  return writer.structs(ids, (id) => writeGroup(writer, id, groups.get(id)));
}

export const describeGroups: Api = { key: 15, name: 'DescribeGroups', min: 0, max: 2, handle };
