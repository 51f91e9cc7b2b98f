// OffsetForLeaderEpoch: v2-4
//
// Behaviour:
// * There is one leader epoch, which ends where the log ends; any other epoch gets −1.
//
// Version notes: v3 adds the replica, v4 is flexible.
//
//   Request => replicaId (v3+) [topic [partition currentLeaderEpoch leaderEpoch]]   all numbers INT32
//   Response => throttleTimeMs [topic [errorCode partition leaderEpoch endOffset]]   endOffset => INT64

import { LEADER_EPOCH } from '../log/partition-log.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { epochProblem } from './01-fetch.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const UNKNOWN = -1;

function handle(request: Request, { topics }: Context): Writer {
  const { body, version } = request;
  if (version >= 3) body.int32(); // replica id: there are no followers
  const asked = body.structs(() => ({
    topic: body.string(),
    partitions: body.structs(() => ({
      partition: body.int32(),
      currentEpoch: body.int32(),
      epoch: body.int32(),
    })),
  }));
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs(asked, ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, ({ partition, currentEpoch, epoch }) => {
      const log = topics.partition(topic, partition);
      const error = log ? epochProblem(currentEpoch) : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
      const known = error === ErrorCode.NONE && epoch === LEADER_EPOCH ? log : undefined;
      writer.int16(error).int32(partition);
      writer.int32(known ? LEADER_EPOCH : UNKNOWN).int64(known?.endOffset ?? UNKNOWN);
    });
  });
}

export const offsetForLeaderEpoch: Api = {
  key: 23,
  name: 'OffsetForLeaderEpoch',
  min: 2,
  max: 4,
  flexibleFrom: 4,
  handle,
};
