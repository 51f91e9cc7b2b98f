// AlterPartitionReassignments: v0-1
//
// Behaviour:
// * A partition stays on the one node: that assignment is accepted, any other is INVALID_REPLICA_ASSIGNMENT. A cancellation
//   (null) is NO_REASSIGNMENT_IN_PROGRESS, as there never is one.
//
// Version notes: v1 says whether the number of replicas may change; the response repeats it, without any effect.
//
//   Request => timeoutMs mayChangeCount (v1+) [topic [partition [replica] (nullable)]]
//     timeoutMs, partition, replica => INT32   mayChangeCount => BOOLEAN
//   Response => throttleTimeMs mayChangeCount (v1+) errorCode errorMessage [topic [partition errorCode errorMessage]]
//     errorMessage => NULLABLE_STRING

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';

type Outcome = readonly [error: ErrorCode, message: string | null];

function outcomeOf(isHere: boolean, replicas: readonly number[] | null): Outcome {
  if (!isHere) return [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'there is no such partition'];
  if (replicas === null) return [ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, null];
  if (replicas.length === 1 && replicas[0] === NODE_ID) return [ErrorCode.NONE, null];
  const received = replicas.slice(0, 10).join(', ') || 'none';
  return [
    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
    `received the nodes ${received}, expected ${NODE_ID} alone: there is one node`,
  ];
}

function handle(request: Request, { topics }: Context): Writer {
  const { body, version } = request;
  body.int32(); // timeout: nothing is waited for
  const mayChangeCount = version >= 1 ? body.boolean() : true;
  const asked = body.structs(() => ({
    topic: body.string(),
    partitions: body.structs(() => ({
      partition: body.int32(),
      replicas: body.nullableArray(() => body.int32()),
    })),
  }));
  const writer = answerTo(request).int32(NO_THROTTLE);
  if (version >= 1) writer.boolean(mayChangeCount);
  writer.int16(ErrorCode.NONE).string(null);
  return writer.structs(asked, ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, ({ partition, replicas }) => {
      const [error, message] = outcomeOf(topics.partition(topic, partition) !== undefined, replicas);
      writer.int32(partition).int16(error).string(message);
    });
  });
}

export const alterPartitionReassignments: Api = {
  key: 45,
  name: 'AlterPartitionReassignments',
  min: 0,
  max: 1,
  flexibleFrom: 0,
  handle,
};
