// ListPartitionReassignments: v0
//
// Behaviour:
// * Partitions never move from the one node, so the list is empty.
//
//   Request => timeoutMs [topic [partition]] (nullable)   timeoutMs, partition => INT32
//   Response => throttleTimeMs errorCode errorMessage
//               [topic [partition [replica] [addingReplica] [removingReplica]]]
//     errorMessage => NULLABLE_STRING   partition, replica … => INT32

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, NO_THROTTLE, type Request } from './api.ts';

function handle(request: Request): Writer {
  const { body } = request;
  body.int32(); // timeout: nothing is waited for
  body.nullableStructs(() => ({ topic: body.string(), partitions: body.array(() => body.int32()) }));
  return answerTo(request)
    .int32(NO_THROTTLE)
    .int16(ErrorCode.NONE)
    .string(null)
    .structs([], () => {});
}

export const listPartitionReassignments: Api = {
  key: 46,
  name: 'ListPartitionReassignments',
  min: 0,
  max: 0,
  flexibleFrom: 0,
  handle,
};
