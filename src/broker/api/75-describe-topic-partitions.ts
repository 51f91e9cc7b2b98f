// DescribeTopicPartitions: v0
//
// Behaviour:
// * Lists the partitions of the requested topics, or of all topics where the list is empty, in the order of the topics' names, up
//   to the request's limit and MOST_PARTITIONS. If some are left, the response's cursor names the first of them, with which the
//   client continues.
// * A topic that does not exist has an error, and is not created. A cursor with a negative partition is INVALID_REQUEST for each.
// * There are no eligible leaders (KIP-966), as the one replica is always in sync.
//
//   Request => [topic] partitionLimit Cursor (nullable)     partitionLimit => INT32
//   Response => throttleTimeMs
//               [errorCode topic topicId isInternal
//                [errorCode partition leader leaderEpoch [replica] [isr] [eligibleLeader] [lastEligibleLeader] [offline]]
//                operations]
//               Cursor (nullable)
//     partition, leader, leaderEpoch, replica …, operations => INT32   topicId => UUID
//   Cursor => topic partition     partition => INT32

import { LEADER_EPOCH } from '../log/partition-log.ts';
import { topicNameProblem } from '../log/topic-name.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';
import { ALL_OPERATIONS, NOT_ASKED } from './authorized-operations.ts';
import { NO_TOPIC_ID } from './topic-reference.ts';

/** As Apache Kafka's max.request.partition.size.limit. */
const MOST_PARTITIONS = 2000;
const PRESENT = 1;

type Cursor = { readonly topic: string; readonly partition: number };

type Described = {
  readonly error: ErrorCode;
  readonly name: string;
  readonly id: string;
  readonly partitions: readonly number[];
};

type Page = { readonly topics: readonly Described[]; readonly next: Cursor | null };

function readCursor(body: Reader): Cursor | null {
  if (body.int8() !== PRESENT) return null;
  const cursor = { topic: body.string(), partition: body.int32() };
  body.tags();
  return cursor;
}

function writeCursor(writer: Writer, cursor: Cursor | null): Writer {
  if (cursor === null) return writer.int8(-1);
  return writer.int8(PRESENT).string(cursor.topic).int32(cursor.partition).tags();
}

/** The names to describe, sorted, from the cursor on. */
function namesFrom(cursor: Cursor | null, asked: readonly string[], { topics }: Context): string[] {
  const names = asked.length > 0 ? new Set(asked) : topics.all().map(({ name }) => name);
  return [...names].filter((name) => name >= (cursor?.topic ?? '')).sort();
}

function pageOf(names: readonly string[], cursor: Cursor | null, limit: number, context: Context): Page {
  const described: Described[] = [];
  let left = limit;
  for (const name of names) {
    const first = name === cursor?.topic ? cursor.partition : 0;
    if (left === 0) return { topics: described, next: { topic: name, partition: first } };
    const topic = context.topics.get(name);
    if (topic === undefined) {
      described.push(missing(name));
      continue;
    }
    const count = topic.partitions.length;
    const end = Math.min(count, first + left);
    const partitions = Array.from({ length: Math.max(0, end - first) }, (_, n) => first + n);
    described.push({ error: ErrorCode.NONE, name, id: topic.id, partitions });
    if (end < count) return { topics: described, next: { topic: name, partition: end } };
    left -= partitions.length;
  }
  return { topics: described, next: null };
}

function missing(name: string): Described {
  const isName = topicNameProblem(name) === null;
  return refused(name, isName ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION);
}

const refused = (name: string, error: ErrorCode): Described => ({
  error,
  name,
  id: NO_TOPIC_ID,
  partitions: [],
});

function writeTopic(writer: Writer, { error, name, id, partitions }: Described): void {
  const nodes = (...ids: number[]) => writer.array(ids, (node) => writer.int32(node));
  writer.int16(error).string(name).uuid(id).boolean(false); // not internal
  writer.structs(partitions, (partition) => {
    writer.int16(ErrorCode.NONE).int32(partition).int32(NODE_ID).int32(LEADER_EPOCH);
    nodes(NODE_ID); // replicas
    nodes(NODE_ID); // in-sync replicas
    nodes(); // eligible leaders
    nodes(); // last known ones
    nodes(); // offline replicas
  });
  writer.int32(error === ErrorCode.INVALID_REQUEST ? NOT_ASKED : ALL_OPERATIONS.topic);
}

function handle(request: Request, context: Context): Writer {
  const { body } = request;
  const asked = body.structs(() => body.string());
  const limit = Math.min(Math.max(body.int32(), 1), MOST_PARTITIONS);
  const cursor = readCursor(body);
  const page =
    cursor && cursor.partition < 0
      ? { topics: asked.map((name) => refused(name, ErrorCode.INVALID_REQUEST)), next: null }
      : pageOf(namesFrom(cursor, asked, context), cursor, limit, context);
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writeCursor(
    writer.structs(page.topics, (topic) => writeTopic(writer, topic)),
    page.next,
  );
}

export const describeTopicPartitions: Api = {
  key: 75,
  name: 'DescribeTopicPartitions',
  min: 0,
  max: 0,
  flexibleFrom: 0,
  handle,
};
