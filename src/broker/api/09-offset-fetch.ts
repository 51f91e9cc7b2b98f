// OffsetFetch: v1-4
//
// Behaviour:
// * A partition without a committed offset is answered with −1 and no error.
// * A null list (v2+) asks for every partition that the group has committed.
//
// Version notes: v2 adds the null list and an error code for the group, v3 the throttle time; v4 is v3.
//
//   Request => groupId [topic [partition]] (nullable from v2)
//   Response => throttleTimeMs (v3+) [topic [partition offset metadata errorCode]] errorCode (v2+)
//     partition => INT32   offset => INT64   metadata => NULLABLE_STRING

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const NOT_COMMITTED = { offset: -1, metadata: '' };

function handle(request: Request, { groups: { offsets } }: Context): Writer {
  const { body, version } = request;
  const groupId = body.string();
  const listed = body.nullableStructs(() => ({
    topic: body.string(),
    partitions: body.array(() => body.int32()),
  }));
  const writer = answerTo(request);
  if (version >= 3) writer.int32(NO_THROTTLE);
  writer.structs(listed ?? offsets.topicsOf(groupId), ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, (partition) => {
      const { offset, metadata } = offsets.get(groupId, topic, partition) ?? NOT_COMMITTED;
      writer.int32(partition).int64(offset).string(metadata).int16(ErrorCode.NONE);
    });
  });
  return version >= 2 ? writer.int16(ErrorCode.NONE) : writer;
}

export const offsetFetch: Api = { key: 9, name: 'OffsetFetch', min: 1, max: 4, handle };
