// ListOffsets: v1-10
//
// Behaviour:
// * Timestamp −1 asks for the end of the log, −2 for its start, −3 for its latest record by time, −4 for the start of the
//   local log, −5 for the end of the tiered one (there is none), any other for the first record that is not older; where
//   there is none the offset and timestamp are −1. Other negative ones, and those of a later version, are refused with
//   UNSUPPORTED_VERSION.
// * Inside a compressed batch the first record stands for all (log/time-lookup.ts).
// * With isolation level 1 (read_committed) the log ends at its last stable offset.
//
// Version notes: v2 adds the isolation level and the throttle time, v4 leader epochs, v6 is flexible, v7-9 give −3, −4
// and −5 their meaning, v10 adds a timeout (nothing is waited for); v3 and v5 are as those before them.
//
//   Request => replicaId isolationLevel (v2+) [topic [partition currentLeaderEpoch (v4+) timestamp]] timeoutMs (v10+)
//   Response => throttleTimeMs (v2+) [topic [partition errorCode timestamp offset leaderEpoch (v4+)]]
//     timestamp, offset => INT64   leaderEpoch => INT32

import { LEADER_EPOCH, type PartitionLog } from '../log/partition-log.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { epochProblem } from './01-fetch.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const LATEST = -1;
const EARLIEST = -2;
const LATEST_BY_TIME = -3;
const EARLIEST_HERE = -4;
const LATEST_TIERED = -5;
/** The versions from which on negative timestamps have a meaning. */
const MEANT_FROM = new Map([
  [LATEST, 1],
  [EARLIEST, 1],
  [LATEST_BY_TIME, 7],
  [EARLIEST_HERE, 8],
  [LATEST_TIERED, 9],
]);
const ANY_EPOCH = -1;
const READ_COMMITTED = 1;
const NOT_FOUND = { offset: -1, timestamp: -1 };

function lookUp(
  log: PartitionLog,
  timestamp: number,
  isCommitted: boolean,
): { offset: number; timestamp: number } {
  const endOffset = isCommitted ? log.lastStableOffset : log.endOffset;
  if (timestamp === LATEST) return { offset: endOffset, timestamp: -1 };
  if (timestamp === EARLIEST || timestamp === EARLIEST_HERE)
    return { offset: log.startOffset, timestamp: -1 };
  const time = timestamp === LATEST_BY_TIME ? log.maxTimestamp : timestamp;
  const found = time < 0 ? null : log.findTime(time);
  return found && found.offset < endOffset ? found : NOT_FOUND;
}

function problemOf(log: PartitionLog | undefined, leaderEpoch: number, timestamp: number, version: number) {
  if (log === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  const isMeant = timestamp >= 0 || version >= (MEANT_FROM.get(timestamp) ?? Number.POSITIVE_INFINITY);
  return isMeant ? epochProblem(leaderEpoch) : ErrorCode.UNSUPPORTED_VERSION;
}

function handle(request: Request, { topics: stored }: Context): Writer {
  const { body, version } = request;
  body.int32(); // replica id
  const isCommitted = version >= 2 && body.int8() === READ_COMMITTED;
  const topics = body.structs(() => ({
    topic: body.string(),
    partitions: body.structs(() => {
      const partition = body.int32();
      const leaderEpoch = version >= 4 ? body.int32() : ANY_EPOCH;
      return { partition, leaderEpoch, timestamp: body.int64() };
    }),
  }));
  const writer = answerTo(request);
  if (version >= 2) writer.int32(NO_THROTTLE);
  return writer.structs(topics, ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, ({ partition, leaderEpoch, timestamp }) => {
      const log = stored.partition(topic, partition);
      const error = problemOf(log, leaderEpoch, timestamp, version);
      const found = log && error === ErrorCode.NONE ? lookUp(log, timestamp, isCommitted) : NOT_FOUND;
      writer.int32(partition).int16(error).int64(found.timestamp).int64(found.offset);
      if (version >= 4) writer.int32(found.offset < 0 ? ANY_EPOCH : LEADER_EPOCH);
    });
  });
}

export const listOffsets: Api = { key: 2, name: 'ListOffsets', min: 1, max: 10, flexibleFrom: 6, handle };
