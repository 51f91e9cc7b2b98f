// Fetch: v4-18
//
// Behaviour:
// * Responds at once if minBytes are available, if any partition has an error, or if maxWaitMs is 0; otherwise once
//   appends have added the missing bytes or maxWaitMs have passed.
// * Whole batches only; the first batch of a response is sent whole however large it is (KIP-74).
// * The size of a response is limited by the client, by the broker's maxFetchBytes and by free memory; without free memory
//   it has no records.
// * No records are zero bytes, never null, which librdkafka reports as a broken message set.
// * A partition that is named twice is read once (fetched-once.ts).
// * A waiting fetch holds only its frame in memory; the request is parsed again when it wakes.
// * Fetch sessions (KIP-227) are declined: the session id is always 0, and clients send full requests.
// * There is one replica, so every stored record can be read. With isolation level 1 (read_committed) a response ends at the
//   last stable offset, and lists the aborted transactions among its records, which the client filters.
//
// Version notes: v5 adds log start offsets, v7 sessions, v9 the leader epoch, v11 the rack (ignored), v12 is flexible and
// adds the epoch of the last record (ignored: there is one epoch), v13 names topics by id, v15 puts the replica into a
// tagged field; v14 and v16-18 only add tagged fields and errors of clusters.
//
//   Request => replicaId (v4-14) maxWaitMs minBytes maxBytes isolationLevel sessionId (v7+) sessionEpoch (v7+)
//              [topic | topicId (v13+) [partition currentLeaderEpoch (v9+) fetchOffset lastFetchedEpoch (v12+)
//               logStartOffset (v5+) partitionMaxBytes]]
//              forgotten (v7+) rackId (v11+)
//     isolationLevel => INT8   fetchOffset, logStartOffset => INT64   the other numbers => INT32
//   Response => throttleTimeMs errorCode (v7+) sessionId (v7+)
//               [topic | topicId (v13+) [partition errorCode highWatermark lastStableOffset logStartOffset (v5+)
//                       [producerId firstOffset] preferredReadReplica (v11+) records]]

import type { PartitionLog } from '../log/partition-log.ts';
import { LEADER_EPOCH } from '../log/partition-log.ts';
import { batchSize, nextOffset } from '../log/record-batch.ts';
import type { AbortedTransaction } from '../log/transactions.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Answer, type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { waitForBytes } from './fetch-wait.ts';
import { fetchedOnce } from './fetched-once.ts';
import { readReference, type TopicReference, unknownError, writeReference } from './topic-reference.ts';

const NO_RECORDS = Buffer.alloc(0);
const NO_SESSION = 0;
const NO_REPLICA = -1;
const ANY_EPOCH = -1;
const TOPIC_IDS_FROM = 13;
const READ_COMMITTED = 1;

type WantedPartition = {
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly offset: number;
  readonly maxBytes: number;
};

type Wanted = {
  readonly reference: TopicReference;
  readonly partitions: readonly WantedPartition[];
};

type FetchRequest = {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isCommitted: boolean;
  readonly sessionId: number;
  readonly topics: readonly Wanted[];
};

function read(body: Reader, version: number, stored: Context['topics']): FetchRequest {
  if (version < 15) body.int32(); // replica id: there are no followers
  const maxWaitMs = body.int32();
  const minBytes = body.int32();
  const maxBytes = body.int32();
  const isCommitted = body.int8() === READ_COMMITTED;
  const sessionId = version >= 7 ? body.int32() : NO_SESSION;
  if (version >= 7) body.int32(); // session epoch
  const topics = body.structs(() => ({
    reference: readReference(body, version >= TOPIC_IDS_FROM, stored),
    partitions: body.structs(() => {
      const partition = body.int32();
      const leaderEpoch = version >= 9 ? body.int32() : ANY_EPOCH;
      const offset = body.int64();
      if (version >= 12) body.int32(); // the last record's epoch
      if (version >= 5) body.int64(); // the follower's log start offset
      return { partition, leaderEpoch, offset, maxBytes: body.int32() };
    }),
  }));
  return { maxWaitMs, minBytes, maxBytes, isCommitted, sessionId, topics: fetchedOnce(topics) };
}

type Found = {
  readonly partition: number;
  readonly error: ErrorCode;
  readonly log: PartitionLog | undefined;
  readonly records: Buffer;
  readonly aborted: readonly AbortedTransaction[];
};

type Collected = {
  readonly topics: readonly { readonly reference: TopicReference; readonly partitions: readonly Found[] }[];
  readonly bytes: number;
  readonly hasError: boolean;
};

/** The error of a client's leader epoch; NONE for the broker's only one, and for a client that knows none. */
export function epochProblem(leaderEpoch: number): ErrorCode {
  if (leaderEpoch > LEADER_EPOCH) return ErrorCode.UNKNOWN_LEADER_EPOCH;
  return leaderEpoch < LEADER_EPOCH && leaderEpoch !== ANY_EPOCH
    ? ErrorCode.FENCED_LEADER_EPOCH
    : ErrorCode.NONE;
}

function problem(log: PartitionLog, { offset, leaderEpoch }: WantedPartition): ErrorCode {
  const error = epochProblem(leaderEpoch);
  if (error !== ErrorCode.NONE) return error;
  return offset < log.startOffset || offset > log.endOffset ? ErrorCode.OFFSET_OUT_OF_RANGE : ErrorCode.NONE;
}

/** Reads one partition; an error of its files does not affect the others. */
function readPartition(
  wanted: WantedPartition,
  reference: TopicReference,
  room: number,
  strict: boolean,
  isCommitted: boolean,
  context: Context,
): Found {
  const { partition, offset } = wanted;
  const nothing = { partition, records: NO_RECORDS, aborted: [] };
  const log = context.topics.partition(reference.topic ?? '', partition);
  const error = log ? problem(log, wanted) : unknownError(reference);
  if (error !== ErrorCode.NONE || !log) return { ...nothing, error, log };
  try {
    const records = log.read(offset, room, strict, isCommitted ? log.lastStableOffset : log.endOffset);
    return { partition, error, log, records, aborted: isCommitted ? abortedOf(log, offset, records) : [] };
  } catch (failure) {
    context.settings.log.error({ partition: log.name, offset, error: failure }, 'cannot read the log');
    return { ...nothing, error: ErrorCode.KAFKA_STORAGE_ERROR, log };
  }
}

/** The aborted transactions with records in `records`, which start at `offset`. */
function abortedOf(log: PartitionLog, offset: number, records: Buffer): readonly AbortedTransaction[] {
  if (records.length === 0) return [];
  let last = 0;
  for (let at = 0; at < records.length; at += batchSize(records, at)) last = at;
  return log.abortedWithin(offset, nextOffset(records, last));
}

/** Reads the available records of all partitions. */
function collect({ topics, maxBytes, isCommitted }: FetchRequest, context: Context): Collected {
  const limit = Math.min(maxBytes, context.settings.maxFetchBytes, context.memory.free);
  const noMemory = context.memory.free === 0;
  let bytes = 0;
  let hasError = false;
  const found = topics.map(({ reference, partitions }) => ({
    reference,
    partitions: partitions.map((wanted) => {
      const room = Math.max(0, Math.min(wanted.maxBytes, limit - bytes));
      const read = readPartition(wanted, reference, room, bytes > 0 || noMemory, isCommitted, context);
      hasError ||= read.error !== ErrorCode.NONE;
      bytes += read.records.length;
      return read;
    }),
  }));
  return { topics: found, bytes, hasError };
}

function write(request: Request, error: ErrorCode, topics: Collected['topics']): Writer {
  const { version } = request;
  const writer = answerTo(request).int32(NO_THROTTLE);
  if (version >= 7) writer.int16(error).int32(NO_SESSION);
  return writer.structs(topics, ({ reference, partitions }) => {
    writeReference(writer, reference).structs(partitions, (found) => {
      const end = found.log?.endOffset ?? -1;
      writer.int32(found.partition).int16(found.error).int64(end);
      writer.int64(found.log?.lastStableOffset ?? -1);
      if (version >= 5) writer.int64(found.log?.startOffset ?? -1);
      writer.structs(found.aborted, ({ producerId, firstOffset }) =>
        writer.int64(producerId).int64(firstOffset),
      );
      if (version >= 11) writer.int32(NO_REPLICA);
      writer.bytes(found.records);
    });
  });
}

function handle(request: Request, context: Context): Answer {
  const again = request.body.again();
  const fetch = read(request.body, request.version, context.topics);
  if (fetch.sessionId !== NO_SESSION) return write(request, ErrorCode.FETCH_SESSION_ID_NOT_FOUND, []);
  const answer = ({ topics }: Collected) => write(request, ErrorCode.NONE, topics);
  const now = collect(fetch, context);
  if (now.bytes >= fetch.minBytes || now.hasError || fetch.maxWaitMs <= 0) return answer(now);
  const logs = new Set(now.topics.flatMap((t) => t.partitions.flatMap(({ log }) => log ?? [])));
  const missing = fetch.minBytes - now.bytes;
  return waitForBytes(logs, missing, fetch.maxWaitMs, fetch.isCommitted, request.client).then((isOpen) =>
    isOpen ? answer(collect(read(again, request.version, context.topics), context)) : null,
  );
}

export const fetch: Api = { key: 1, name: 'Fetch', min: 4, max: 18, flexibleFrom: 12, handle };
