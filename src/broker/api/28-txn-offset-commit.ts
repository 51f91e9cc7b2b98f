// TxnOffsetCommit: v0-4
//
// Behaviour:
// * Adds offsets that become visible when the transaction commits. The group must have been added to the transaction
//   (25-add-offsets-to-txn.ts): otherwise TRANSACTION_ABORTABLE (v4+) or INVALID_TXN_STATE.
// * A partition that does not exist, or metadata over 4,096 characters, is refused; the others are stored.
// * A member of another generation is refused, as in 08-offset-commit.ts; requests before v3 don't name the member.
//
// Version notes: v1 is v0; v2 adds the leader epoch; v3 is flexible and names the member (KIP-447); v4 adds an error after
// which the client aborts. v5, which adds the group implicitly, belongs to transaction.version 2 and is not served.
//
//   Request => transactionalId groupId producerId producerEpoch generationId (v3+) memberId (v3+) groupInstanceId (v3+)
//              [topic [partition offset leaderEpoch (v2+) metadata]]
//     producerId, offset => INT64   producerEpoch => INT16   generationId, partition, leaderEpoch => INT32
//     groupInstanceId, metadata => NULLABLE_STRING
//   Response => throttleTimeMs [topic [partition errorCode]]

import { NO_EPOCH, type PartitionOffset } from '../group/offsets.ts';
import type { Producer } from '../transaction/transaction.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { offsetProblem } from './08-offset-commit.ts';
import { abortableAs } from './abortable-as.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { fencedAs } from './fenced-as.ts';

const NOBODY = { memberId: '', generation: -1, instanceId: null as string | null };

type Commit = {
  readonly transactionalId: string;
  readonly groupId: string;
  readonly producer: Producer;
  readonly member: typeof NOBODY;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly PartitionOffset[] }[];
};

function read(body: Reader, version: number, now: number): Commit {
  const transactionalId = body.string();
  const groupId = body.string();
  const producer = { producerId: body.int64(), epoch: body.int16() };
  const member = version >= 3 ? readMember(body) : NOBODY;
  const topics = body.structs(() => {
    const topic = body.string();
    const partitions = body.structs(() => {
      const partition = body.int32();
      const offset = body.int64();
      const leaderEpoch = version >= 2 ? body.int32() : NO_EPOCH;
      const metadata = body.nullableString();
      return { topic, partition, committed: { offset, leaderEpoch, metadata, at: now } };
    });
    return { topic, partitions };
  });
  return { transactionalId, groupId, producer, member, topics };
}

function readMember(body: Reader): typeof NOBODY {
  const generation = body.int32();
  return { generation, memberId: body.string(), instanceId: body.nullableString() };
}

async function store(
  commit: Commit,
  offsets: readonly PartitionOffset[],
  context: Context,
): Promise<ErrorCode> {
  const { transactionalId, groupId, producer, member } = commit;
  if (groupId === '') return ErrorCode.INVALID_GROUP_ID;
  const problem = await context.groups.mayCommitLater(groupId, member);
  if (problem !== ErrorCode.NONE) return problem;
  return context.transactions.addOffsets(transactionalId, producer, groupId, offsets);
}

async function handle(request: Request, context: Context): Promise<Writer> {
  const commit = read(request.body, request.version, Date.now());
  const offsets = commit.topics.flatMap(({ partitions }) => partitions);
  const accepted = offsets.filter((offset) => offsetProblem(offset, context) === ErrorCode.NONE);
  const outcome = fencedAs(await store(commit, accepted, context), request, Number.POSITIVE_INFINITY);
  const error = abortableAs(outcome, request, 4);
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs(commit.topics, ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, (offset) => {
      writer.int32(offset.partition).int16(error === ErrorCode.NONE ? offsetProblem(offset, context) : error);
    });
  });
}

export const txnOffsetCommit: Api = {
  key: 28,
  name: 'TxnOffsetCommit',
  min: 0,
  max: 4,
  flexibleFrom: 3,
  handle,
};
