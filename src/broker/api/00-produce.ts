// Produce: v0-13 advertised, v3-13 stored
//
// Behaviour:
// * One record batch per partition (KIP-98), validated as a whole and stored as sent, compressed or not.
// * The response is sent once the operating system has the batch (in its page cache), for acks 1 and −1 alike, as there is
//   one replica. With acks 0 there is no response, and an error closes the connection, as in Apache Kafka.
// * With message.timestamp.type=LogAppendTime the batch gets the broker's time.
// * A repeated batch of an idempotent producer is not stored again; the response has its first offset.
// * The open transaction of a transactional batch's producer must include the partition: otherwise TRANSACTION_ABORTABLE
//   (v11+) or INVALID_TXN_STATE. Without a transactional id the error is TRANSACTIONAL_ID_AUTHORIZATION_FAILED.
// * A producer with a transaction open in the partition gets INVALID_TXN_STATE for a batch that is not transactional, and
//   every client INVALID_RECORD for a control batch.
// * v0-2 carry the old message formats and are refused with UNSUPPORTED_FOR_MESSAGE_FORMAT. They are advertised
//   because librdkafka reads the lowest version as a feature flag.
//
// Version notes: v2 adds the append time to the response, v3 the transactional id, v5 the log's start offset, v8 errors
// of single records (always empty: a batch is refused as a whole) and a message, v9 is flexible, v13 names topics by id; v4, v6, v7
// and v10-12 only widen the errors and codecs that clients accept.
//
//   Request => transactionalId (v3+) acks timeoutMs [topic | topicId (v13+) [partition records]]
//     transactionalId => NULLABLE_STRING   acks => INT16   timeoutMs, partition => INT32
//   Response => [topic | topicId (v13+)
//                [partition errorCode baseOffset logAppendTimeMs (v2+) logStartOffset (v5+)
//                 [batchIndex errorMessage] (v8+) errorMessage (v8+)]]
//               throttleTimeMs (v1+)
//     baseOffset, logAppendTimeMs, logStartOffset => INT64   errorMessage => NULLABLE_STRING

import { hasNoKey } from '../log/compaction.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import { APPEND, judge } from '../log/producers.ts';
import {
  type BatchHeader,
  checkProduced,
  isTransactional,
  readHeader,
  stampTime,
} from '../log/record-batch.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { abortableAs } from './abortable-as.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, RefusedRequest, type Request } from './api.ts';
import { readReference, type TopicReference, unknownError, writeReference } from './topic-reference.ts';

const FIRST_WITH_BATCHES = 3;
const ABORTABLE_FROM = 11;
const TOPIC_IDS_FROM = 13;
const NO_TIME = -1;
const NO_BYTES = Buffer.alloc(0);

type Stored = {
  readonly error: ErrorCode;
  readonly baseOffset: number;
  readonly startOffset: number;
  /** ms; NO_TIME where the batch keeps its producer's. */
  readonly appendTime: number;
  /** Why the batch was refused, where the error alone does not say it. */
  readonly message: string | null;
};

type PartitionData = {
  readonly partition: number;
  readonly records: Buffer;
};

type TopicData = {
  readonly reference: TopicReference;
  readonly partitions: readonly PartitionData[];
};

type ProduceRequest = {
  readonly transactionalId: string | null;
  readonly acks: number;
  readonly topics: readonly TopicData[];
};

function read(body: Reader, version: number, topicsById: Context['topics']): ProduceRequest {
  const transactionalId = version >= 3 ? body.nullableString() : null;
  const acks = body.int16();
  body.int32(); // timeout: nothing is waited for
  const topics = body.structs(() => ({
    reference: readReference(body, version >= TOPIC_IDS_FROM, topicsById),
    partitions: body.structs(() => ({ partition: body.int32(), records: body.nullableBytes() ?? NO_BYTES })),
  }));
  return { transactionalId, acks, topics };
}

function refused(error: ErrorCode, message: string | null = null): Stored {
  return { error, baseOffset: -1, startOffset: -1, appendTime: NO_TIME, message };
}

function stored(log: PartitionLog, baseOffset: number, appendTime = NO_TIME): Stored {
  return { error: ErrorCode.NONE, baseOffset, startOffset: log.startOffset, appendTime, message: null };
}

/** The refusal of a batch, with what was received and what was expected where the error alone does not say it. */
function refusal(error: ErrorCode, records: Buffer, log: PartitionLog): Stored {
  if (error === ErrorCode.MESSAGE_TOO_LARGE) {
    const most = log.config.maxMessageBytes;
    return refused(
      error,
      `${log.name}: received a batch of ${records.length} bytes, expected at most ${most} (max.message.bytes)`,
    );
  }
  if (error !== ErrorCode.INVALID_TIMESTAMP) return refused(error);
  const { baseTimestamp, maxTimestamp } = readHeader(records, 0);
  const { timestampBeforeMaxMs, timestampAfterMaxMs } = log.config;
  const expected = `at most ${timestampBeforeMaxMs} ms before and ${timestampAfterMaxMs} ms after now`;
  const received = [baseTimestamp, maxTimestamp].map(written).join(' to ');
  return refused(error, `${log.name}: received records of ${received}, expected ${expected}`);
}

function written(timestamp: number): string {
  const time = new Date(timestamp);
  return Number.isNaN(time.getTime()) ? 'a time after the year 275760' : time.toISOString();
}

/** The error that every partition of the request gets. */
function requestProblem({ acks }: ProduceRequest, version: number): ErrorCode {
  if (version < FIRST_WITH_BATCHES) return ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT;
  return acks >= -1 && acks <= 1 ? ErrorCode.NONE : ErrorCode.INVALID_REQUIRED_ACKS;
}

/** The error of a transactional batch outside of its producer's open transaction, or of another batch while one is open. */
function transactionProblem(
  log: PartitionLog,
  header: BatchHeader,
  transactionalId: string | null,
  version: number,
  { transactions }: Context,
): ErrorCode {
  const { producerId, producerEpoch } = header;
  if (!isTransactional(header))
    return log.openSince(producerId) === undefined ? ErrorCode.NONE : ErrorCode.INVALID_TXN_STATE;
  if (transactionalId === null) return ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  const error = transactions.verify(transactionalId, { producerId, epoch: producerEpoch }, log);
  if (error === ErrorCode.PRODUCER_FENCED) return ErrorCode.INVALID_PRODUCER_EPOCH;
  return abortableAs(error, { version }, ABORTABLE_FROM);
}

function store(
  log: PartitionLog,
  records: Buffer,
  transactionalId: string | null,
  version: number,
  context: Context,
): Stored {
  const { settings } = context;
  const now = Date.now();
  const error = checkProduced(records, log.config, now);
  if (error !== ErrorCode.NONE) return refusal(error, records, log);
  const header = readHeader(records, 0);
  if (log.config.isCompacted && hasNoKey(records)) {
    const message = `Compacted topic cannot accept message without key in topic partition ${log.name}.`;
    return refused(ErrorCode.INVALID_RECORD, message);
  }
  const misplaced = transactionProblem(log, header, transactionalId, version, context);
  if (misplaced !== ErrorCode.NONE) return refused(misplaced);
  const verdict = header.producerId < 0 ? APPEND : judge(log.producers.get(header.producerId), header);
  if (verdict.kind === 'refuse') return refused(verdict.error);
  const isTimed = log.config.isAppendTimed;
  try {
    if (verdict.kind === 'duplicate') {
      log.requireDisk();
      return stored(log, verdict.baseOffset);
    }
    if (isTimed) stampTime(records, now);
    const baseOffset = log.append(records, isTimed ? readHeader(records, 0) : header, now);
    if (settings.fsyncMs === 0) log.sync();
    return stored(log, baseOffset, isTimed ? now : NO_TIME);
  } catch (failure) {
    settings.log.error({ partition: log.name, error: failure }, 'cannot write to the log');
    return refused(ErrorCode.KAFKA_STORAGE_ERROR);
  }
}

function writeResult(writer: Writer, version: number, partition: number, result: Stored): void {
  writer.int32(partition).int16(result.error).int64(result.baseOffset);
  if (version >= 2) writer.int64(result.appendTime);
  if (version >= 5) writer.int64(result.startOffset);
  if (version >= 8) writer.structs([], () => {}).string(result.message);
}

function handle(request: Request, context: Context): Writer | null {
  const { version } = request;
  const produce = read(request.body, version, context.topics);
  const problem = requestProblem(produce, version);
  const writer = answerTo(request);
  let failed: Stored | null = null;
  const storeOne = (reference: TopicReference, { partition, records }: PartitionData) => {
    if (problem !== ErrorCode.NONE) return refused(problem);
    const log = context.topics.partition(reference.topic ?? '', partition);
    if (log === undefined) return refused(unknownError(reference));
    return store(log, records, produce.transactionalId, version, context);
  };
  writer.structs(produce.topics, ({ reference, partitions }) => {
    writeReference(writer, reference).structs(partitions, (data) => {
      const { partition } = data;
      const result = storeOne(reference, data);
      if (result.error !== ErrorCode.NONE) failed = result;
      writeResult(writer, version, partition, result);
    });
  });
  if (produce.acks === 0) {
    if (failed)
      throw new RefusedRequest('a Produce request with acks 0 failed, which has no response for the error');
    return null;
  }
  return version >= 1 ? writer.int32(NO_THROTTLE) : writer;
}

export const produce: Api = { key: 0, name: 'Produce', min: 0, max: 13, flexibleFrom: 9, handle };
