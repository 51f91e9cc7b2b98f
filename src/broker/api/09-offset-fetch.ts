// OffsetFetch: v1-10
//
// Behaviour:
// * A partition without a committed offset gets −1 and no error.
// * With requireStable (v7+), an offset that an open transaction may change is UNSTABLE_OFFSET_COMMIT, after which the client
//   retries (KIP-447).
// * A null list (v2+) asks for every partition for which the group has committed an offset.
//
// Version notes: v2 adds the null list and an error code for the group, v3 the throttle time, v5 the leader epoch, v6 is
// flexible, v7 adds requireStable, v8 asks for several groups, v9 adds the member (of KIP-848, ignored), v10 names topics
// by id; v4 is v3.
//
//   Request v1-7 => groupId [topic [partition]] (nullable from v2) requireStable (v7+)
//   Request v8+ => [groupId memberId (v9+) memberEpoch (v9+) [topic | topicId (v10+) [partition]] (nullable)]
//                  requireStable
//     partition, memberEpoch => INT32   memberId => NULLABLE_STRING
//   Response v1-7 => throttleTimeMs (v3+) [topic [Partition]] errorCode (v2+)
//   Response v8+ => throttleTimeMs [groupId [topic | topicId (v10+) [Partition]] errorCode]
//     Partition => partition offset leaderEpoch (v5+) metadata errorCode
//       partition, leaderEpoch => INT32   offset => INT64   metadata => NULLABLE_STRING

import { NO_EPOCH } from '../group/offsets.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { readReference, type TopicReference, unknownError, writeReference } from './topic-reference.ts';

const SEVERAL_GROUPS_FROM = 8;
const TOPIC_IDS_FROM = 10;
const NOT_COMMITTED = { offset: -1, metadata: '', leaderEpoch: NO_EPOCH };

type AskedTopic = { readonly reference: TopicReference; readonly partitions: readonly number[] };
type AskedGroup = { readonly groupId: string; readonly listed: readonly AskedTopic[] | null };

function readTopics(body: Reader, version: number, topics: Context['topics']): AskedTopic[] | null {
  return body.nullableStructs(() => ({
    reference: readReference(body, version >= TOPIC_IDS_FROM, topics),
    partitions: body.array(() => body.int32()),
  }));
}

function readGroup(body: Reader, version: number, topics: Context['topics']): AskedGroup {
  const groupId = body.string();
  if (version >= 9) {
    body.nullableString();
    body.int32();
  }
  return { groupId, listed: readTopics(body, version, topics) };
}

/** Every partition for which the group has committed an offset. */
function everyTopic(groupId: string, version: number, { groups, topics }: Context): AskedTopic[] {
  return groups.offsets.topicsOf(groupId).flatMap(({ topic, partitions }) => {
    const id = topics.get(topic)?.id;
    return id === undefined
      ? []
      : [{ reference: { topic, id: version >= TOPIC_IDS_FROM ? id : null }, partitions }];
  });
}

function writeTopics(
  writer: Writer,
  { groupId, listed }: AskedGroup,
  version: number,
  isStable: boolean,
  context: Context,
): void {
  const { offsets } = context.groups;
  const pending = isStable ? context.transactions.pendingOffsets(groupId) : new Set<string>();
  const answer = ({ topic = '' }: TopicReference, partition: number) =>
    pending.has(`${topic}-${partition}`)
      ? { ...NOT_COMMITTED, error: ErrorCode.UNSTABLE_OFFSET_COMMIT }
      : { ...(offsets.get(groupId, topic, partition) ?? NOT_COMMITTED), error: ErrorCode.NONE };
  writer.structs(listed ?? everyTopic(groupId, version, context), ({ reference, partitions }) => {
    writeReference(writer, reference).structs(partitions, (partition) => {
      const committed = answer(reference, partition);
      writer.int32(partition).int64(committed.offset);
      if (version >= 5) writer.int32(committed.leaderEpoch ?? NO_EPOCH);
      writer.string(committed.metadata);
      writer.int16(reference.topic === undefined ? unknownError(reference) : committed.error);
    });
  });
}

function handle(request: Request, context: Context): Writer {
  const { body, version } = request;
  const readOne = () => readGroup(body, version, context.topics);
  const listed = version >= SEVERAL_GROUPS_FROM ? body.structs(readOne) : [readOne()];
  const asked = [...new Map(listed.map((one) => [one.groupId, one])).values()];
  const isStable = version >= 7 && body.boolean();
  const writer = answerTo(request);
  if (version >= 3) writer.int32(NO_THROTTLE);
  if (version >= SEVERAL_GROUPS_FROM) {
    return writer.structs(asked, (group) => {
      writer.string(group.groupId);
      writeTopics(writer, group, version, isStable, context);
      writer.int16(ErrorCode.NONE);
    });
  }
  for (const group of asked) writeTopics(writer, group, version, isStable, context);
  return version >= 2 ? writer.int16(ErrorCode.NONE) : writer;
}

export const offsetFetch: Api = { key: 9, name: 'OffsetFetch', min: 1, max: 10, flexibleFrom: 6, handle };
