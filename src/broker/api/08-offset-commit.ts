// OffsetCommit: v1-10
//
// Behaviour:
// * A member commits for its generation; any client commits for a group without members, with generation −1.
// * Offsets are stored before the response, so that they survive the death of the process as records do.
// * A partition that does not exist, or metadata over 4,096 characters, is refused; the others are stored. Where groups have no
//   memory left, a request that needs more than the offsets it replaces is refused with POLICY_VIOLATION.
//
// Version notes: v1 has a timestamp per partition, v2-4 one retention time; both are ignored in favour of the broker's own
// retention (KIP-211). v3 adds the throttle time, v6 the leader epoch, v7 the instance id (KIP-345), v8 is flexible, v10
// names topics by id; v9 only adds errors of KIP-848.
//
//   Request => groupId generationId memberId instanceId (v7+) retentionTimeMs (v2-4)
//              [topic | topicId (v10+) [partition offset leaderEpoch (v6+) commitTimestamp (v1) metadata]]
//     generationId, partition, leaderEpoch => INT32   retentionTimeMs, offset, commitTimestamp => INT64
//     instanceId, metadata => NULLABLE_STRING
//   Response => throttleTimeMs (v3+) [topic | topicId (v10+) [partition errorCode]]

import { NO_EPOCH, type PartitionOffset } from '../group/offsets.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { readReference, type TopicReference, unknownError, writeReference } from './topic-reference.ts';

const TOPIC_IDS_FROM = 10;
const MAX_METADATA = 4096; // offset.metadata.max.bytes of Apache Kafka

type Commit = {
  readonly groupId: string;
  readonly generation: number;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly topics: readonly {
    readonly reference: TopicReference;
    readonly partitions: readonly PartitionOffset[];
  }[];
};

function read(body: Reader, version: number, stored: Context['topics'], now: number): Commit {
  const groupId = body.string();
  const generation = body.int32();
  const memberId = body.string();
  const instanceId = version >= 7 ? body.nullableString() : null;
  if (version >= 2 && version <= 4) body.int64(); // retention time
  const topics = body.structs(() => {
    const reference = readReference(body, version >= TOPIC_IDS_FROM, stored);
    const topic = reference.topic ?? '';
    const partitions = body.structs(() => {
      const partition = body.int32();
      const offset = body.int64();
      const leaderEpoch = version >= 6 ? body.int32() : NO_EPOCH;
      if (version === 1) body.int64(); // commit timestamp
      return {
        topic,
        partition,
        committed: { offset, leaderEpoch, metadata: body.nullableString(), at: now },
      };
    });
    return { reference, partitions };
  });
  return { groupId, generation, memberId, instanceId, topics };
}

/** The error of an offset that can't be committed; NONE if it can. */
export function offsetProblem(
  { topic, partition, committed }: PartitionOffset,
  { topics }: Context,
): ErrorCode {
  if (topics.partition(topic, partition) === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  const tooLong = (committed.metadata?.length ?? 0) > MAX_METADATA;
  return tooLong ? ErrorCode.OFFSET_METADATA_TOO_LARGE : ErrorCode.NONE;
}

async function handle(request: Request, context: Context): Promise<Writer> {
  const { version } = request;
  const { groupId, topics, ...member } = read(request.body, version, context.topics, Date.now());
  const offsets = topics.flatMap(({ partitions }) => partitions);
  const accepted = offsets.filter((offset) => offsetProblem(offset, context) === ErrorCode.NONE);
  const error = await context.groups.commit(groupId, member, accepted);

  const writer = answerTo(request);
  if (version >= 3) writer.int32(NO_THROTTLE);
  return writer.structs(topics, ({ reference, partitions }) => {
    const errorOf = (offset: PartitionOffset) => {
      if (reference.topic === undefined) return unknownError(reference);
      return error === ErrorCode.NONE ? offsetProblem(offset, context) : error;
    };
    writeReference(writer, reference).structs(partitions, (offset) => {
      writer.int32(offset.partition).int16(errorOf(offset));
    });
  });
}

export const offsetCommit: Api = { key: 8, name: 'OffsetCommit', min: 1, max: 10, flexibleFrom: 8, handle };
